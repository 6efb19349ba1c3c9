import { natsUsers } from '@baton/contracts';
import { OWNER, redisUsers, type ServerName, type UserOf } from './server-users.ts';

/** As in the environment: `NATS_SESSION_PASSWORD`. */
export const passwordName = <Server extends ServerName>(server: Server, user: UserOf[Server]): string =>
  `${server.toUpperCase()}_${user.toUpperCase()}_PASSWORD`;

export const passwordNames: readonly string[] = [
  ...([...natsUsers, OWNER] as const).map((user) => passwordName('nats', user)),
  ...redisUsers.map((user) => passwordName('redis', user)),
];
