import { z } from 'zod';
import { timestamp } from './values/primitives.ts';

/** degraded: works, but something that is not essential to it does not. down: cannot do its work. */
export const partStatus = z.enum(['up', 'degraded', 'down']);
export type PartStatus = z.infer<typeof partStatus>;

export const part = z
  .object({
    status: partStatus,
    latencyMs: z.number().optional().describe('time the check took'),
    detail: z.string().optional().describe('what is wrong, or not known yet while it starts, in words for supervisors'),
    notes: z
      .array(z.string())
      .optional()
      .describe('what is worth knowing of it while nothing is wrong, as how a model endpoint is asked differently'),
  })
  .meta({ id: 'HealthPart' });
export type HealthPart = z.infer<typeof part>;

/** What one service says of itself and of the servers that only it talks to. */
export const serviceHealth = z
  .object({
    status: partStatus,
    instance: z.string(),
    version: z.string(),
    uptimeSeconds: z.number(),
    parts: z.record(z.string(), part),
  })
  .meta({ id: 'ServiceHealth' });
export type ServiceHealth = z.infer<typeof serviceHealth>;

/**
 * `GET /health` of the gateway inside, and in development where customers connect too. `status` is down, with HTTP 503,
 * when nobody can chat.
 */
export const systemHealth = z
  .object({
    status: partStatus,
    services: z.object({
      gateway: part,
      session: part,
      queue: part,
      ai: part,
      postgres: part,
      redis: part,
      nats: part,
      model: part,
    }),
    timestamp,
  })
  .meta({ id: 'SystemHealth' });
export type SystemHealth = z.infer<typeof systemHealth>;

/** `GET /health` of the gateway where customers connect, in production: whether people can chat, and nothing else. */
export const publicHealth = z.object({ status: z.enum(['up', 'down']), timestamp }).meta({ id: 'PublicHealth' });
export type PublicHealth = z.infer<typeof publicHealth>;

export const info = z
  .object({
    name: z.string(),
    version: z.string(),
    features: z.record(z.string(), z.boolean()),
    chat: z
      .object({ title: z.string().optional(), greeting: z.string().optional() })
      .describe('the name of the chat here, and how it greets, when that is set'),
  })
  .meta({ id: 'Info' });
export type Info = z.infer<typeof info>;
