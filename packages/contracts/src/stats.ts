import { z } from 'zod';
import { timestamp } from './primitives.ts';

export const systemStats = z
  .object({
    totalSessions: z.int(),
    activeSessions: z.int().describe('not closed'),
    sessionsByStatus: z.object({ bot: z.int(), waiting: z.int(), agent: z.int(), closed: z.int() }),
    totalAgents: z.int(),
    availableAgents: z.int(),
    messagesLast24h: z.int(),
    transfersLast24h: z.int(),
    averageWaitSeconds: z.number().nullable().describe('of the waits that ended in the last 24 h'),
    averageFirstResponseMs: z.number().nullable().describe('of the sessions of the last 24 h'),
    botResolutionShare: z
      .number()
      .nullable()
      .describe('share of the sessions closed in the last 24 h that no agent held'),
    timestamp,
  })
  .meta({ id: 'SystemStats' });
export type SystemStats = z.infer<typeof systemStats>;
