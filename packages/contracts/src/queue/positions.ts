import { z } from 'zod';
import { priority } from '../session/waits.ts';
import { sessionId } from '../values/primitives.ts';

/** [Q4] Expected further wait, in seconds, from measured handling times. */
export const estimate = z.object({ lowSeconds: z.int().min(0), highSeconds: z.int().min(0) }).meta({ id: 'Estimate' });
export type Estimate = z.infer<typeof estimate>;

export const position = z
  .object({
    sessionId,
    position: z.int().min(1).describe('1 is next'),
    waiting: z.int().min(1).describe('how many wait in all'),
    priority,
    estimate: estimate.nullable().describe('null when there is no basis for one'),
    online: z
      .boolean()
      .optional()
      .describe(
        'whether an agent is online; while none is, the bot answers those who wait. Absent when it is not known',
      ),
  })
  .meta({ id: 'QueuePosition' });
export type Position = z.infer<typeof position>;
