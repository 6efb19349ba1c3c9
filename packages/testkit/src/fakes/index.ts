export { directCaller, type FakeCaller, type FakeHandlers } from './direct-caller.ts';
export { fakeQueue, noReports } from './queue.ts';
export type { FakePublish, FakeRecord } from './session/records.ts';
export { createFakeSession, type FakeSession, type FakeSessionOptions } from './session/session.ts';
export { createWaitingSessions } from './waiting-sessions.ts';
