import type { NatsUser } from '@baton/contracts';

/** Who looks after a local server, and may do everything there. On NATS only where several installations share it. */
export const OWNER = 'owner';

/**
 * Users of Redis. `queue` and `gateway` are the two services that use it; `operator` looks at what is stored; no
 * service has the owner's password.
 */
export const redisUsers = ['queue', 'gateway', 'operator', OWNER] as const;
export type RedisUser = (typeof redisUsers)[number];

/** Who logs in at the servers that Baton brings. */
export type UserOf = {
  nats: NatsUser | typeof OWNER;
  redis: RedisUser;
};
export type ServerName = keyof UserOf;
