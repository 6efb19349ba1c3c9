export { freePort } from '@baton/local';
export type { TestBackends } from './global-setup.ts';
export { type Hang, hangWebSockets } from './hanging-websockets.ts';
export { lengthenLog, wordsOf } from './long-log.ts';
export type { Exit, ServiceProcess } from './service-process.ts';
export { type TestSpace, testSpace, withSpace } from './space.ts';
export { type ServiceKind, type System, type SystemOptions, startSystem } from './system.ts';
export { type UntilOptions, until } from './until.ts';
