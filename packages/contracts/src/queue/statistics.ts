import { z } from 'zod';
import { queueLengths } from './waiting.ts';

export const queueStats = z
  .object({
    lengths: queueLengths,
    longestWaitSeconds: z.number().nullable(),
    claimedLastHour: z.int(),
    averageWaitSeconds: z.number().nullable().describe('of those claimed in the last hour'),
    averageHandlingSeconds: z.number().nullable().describe('of the chats last closed by agents'),
    agentsPresent: z.int(),
  })
  .meta({ id: 'QueueStats' });
export type QueueStats = z.infer<typeof queueStats>;
