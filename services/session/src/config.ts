import { commonConfig, env } from '@baton/runtime';
import { z } from 'zod';

export const sessionConfig = commonConfig.extend({
  DATABASE_URL: env.url('postgresql:', 'postgres:'),
  /** Connections of this process. All instances together stay below the server's max_connections. */
  DATABASE_POOL_MAX: env.integer(20, 2, 20),
  HEALTH_PORT: env.port(3011),
  /** The capacity of an agent that registers without one. */
  AGENT_CAPACITY: env.integer(5, 1, 100),
  /** [S6] A session whose log has more entries, or more bytes of text, is closed. */
  MAX_CHAT_ENTRIES: env.integer(5_000, 10, 1_000_000),
  MAX_CHAT_BYTES: env.integer(8_388_608, 16_384, 1_073_741_824),
  /** [S6] Sessions of one customer, and of one network address, that wait at once; 0 is no limit. */
  CUSTOMER_WAITING_CHATS: env.integer(3, 0, 1_000_000),
  ADDRESS_WAITING_CHATS: env.integer(20, 0, 1_000_000),
  /** [A1] A reply that is pending for longer is handed off to a human. */
  ANSWER_DEADLINE_MS: env.integer(60_000, 1_000, 3_600_000),
  /** A session that waits while no agent is online goes back to the bot after this time; 0 is never. */
  NOBODY_ONLINE_AFTER_MINUTES: z.coerce
    .number('must be a number of minutes, 0 for never')
    .min(0, 'must be a number of minutes, 0 for never')
    .max(525_600, 'must be at most 525600')
    .default(10),
  /** Sessions without activity for longer than this are closed; without a value, never. */
  EXPIRE_AFTER_HOURS: z.coerce
    .number('must be a number of hours above 0')
    .positive('must be a number of hours above 0')
    .max(87_600, 'must be at most 87600')
    .optional(),
  /**
   * Sessions with the bot are closed as abandoned after this time without a connected page or a message; 0 is never.
   */
  END_ABANDONED_AFTER_MINUTES: z.coerce
    .number('must be a number of minutes, 0 for never')
    .min(0, 'must be a number of minutes, 0 for never')
    .max(525_600, 'must be at most 525600')
    .default(60),
});
export type SessionConfig = z.output<typeof sessionConfig>;
