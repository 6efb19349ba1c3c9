export { natsAnswers, postgresAnswers, redisAnswers } from './answers.ts';
export { migrationsAreDone } from './migrate.ts';
export { startNats } from './nats.ts';
export { readLivePidRecord, stopLeftover, writePidRecord } from './pid-record.ts';
export { freePort } from './ports.ts';
export { startPostgres } from './postgres.ts';
export type { Say } from './provision.ts';
export { startRedis } from './redis.ts';
export type { OwnServer, OwnServerOptions } from './server-process.ts';
