export { freePort } from '@baton/local';
export { type Hang, hangWebSockets } from './network/hanging-websockets.ts';
export type { Exit, ServiceProcess } from './processes/service-process.ts';
export { type ServiceKind, type System, type SystemOptions, startSystem } from './processes/system.ts';
export type { TestBackends } from './servers/global-setup.ts';
export { lengthenLog, wordsOf } from './servers/long-log.ts';
export { type TestSpace, testSpace, withSpace } from './servers/space.ts';
export { type UntilOptions, until } from './until.ts';
