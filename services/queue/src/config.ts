import { commonConfig, env } from '@baton/runtime';
import { z } from 'zod';

export const queueConfig = commonConfig.extend({
  REDIS_URL: env.url('redis:', 'rediss:').default('redis://127.0.0.1:6379'),
  /** Used when REDIS_URL carries no password; the user, where Redis has users. */
  REDIS_PASSWORD: z.string().optional(),
  REDIS_USER: z.string().optional(),
  /** The authority that signed Redis' certificate, as a PEM file. */
  REDIS_CA_FILE: env.file().optional(),
  /** First part of every key. On Redis Cluster it carries a hash tag, as in `{chat}:`, so that all keys share a slot. */
  REDIS_PREFIX: z.string().default('chat:'),
  HEALTH_PORT: env.port(3012),
  /** How long an agent may be disconnected before its sessions return to the queue. [Q3] */
  AGENT_GRACE_MS: env.integer(30_000, 500, 3_600_000),
  /** How long a waiting customer may be away before the session leaves the queue. */
  ABANDON_AFTER_MS: env.integer(300_000, 500, 86_400_000),
  /** How often the queue is reconciled with Postgres. [Q2] allows 5 s in all. */
  COMPARE_EVERY_MS: env.integer(3_000, 100, 4_000),
  /** Assign waiting sessions to free agents without a claim. [Q5] */
  AUTO_ASSIGN: env.flag(false),
  /**
   * Waiting this many seconds longer outweighs one priority, so that no session starves. 0: priorities are strict.
   * [Q1] [S6]
   */
  QUEUE_AGEING_SECONDS: env.integer(600, 0, 31_536_000),
});
export type QueueConfig = z.output<typeof queueConfig>;
