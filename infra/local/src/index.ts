export { migrationsAreDone } from './database/migrate.ts';
export { freePort } from './ports/ports.ts';
export { readLivePidRecord, stopLeftover, writePidRecord } from './processes/pid-record.ts';
export type { Say } from './provision/provision.ts';
export { natsAnswers, postgresAnswers, redisAnswers } from './servers/answers.ts';
export { startNats } from './servers/nats.ts';
export { startPostgres } from './servers/postgres.ts';
export { startRedis } from './servers/redis.ts';
export type { OwnServer, OwnServerOptions } from './servers/server-process.ts';
