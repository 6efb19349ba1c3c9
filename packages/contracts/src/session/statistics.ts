import { z } from 'zod';
import { agentId, sessionId, timestamp } from '../values/primitives.ts';
import { endpoint } from '../wire/endpoint.ts';
import { givenRating } from './ratings.ts';
import { userId } from './sessions.ts';

const seconds = z.number().nullable();

/** What happened in one hour of the clock, UTC. */
export const hourOfStats = z
  .object({
    hour: timestamp.describe('when it began'),
    messages: z.int(),
    averageWaitSeconds: seconds.describe('of the waits that ended in it'),
    averageHandlingSeconds: seconds.describe('time assigned to agents, of the sessions that last left them in it'),
    closed: z.int().describe('sessions closed in it'),
    closedByBot: z.int().describe('of them, those that were never assigned to an agent and that were not abandoned'),
    abandoned: z
      .int()
      .optional()
      .describe(
        'of them, those ended as abandoned, and those that were never assigned to an agent and the customer never wrote in',
      ),
  })
  .meta({ id: 'HourOfStats' });
export type HourOfStats = z.infer<typeof hourOfStats>;

/** A rating, and of which session. */
export const recentRating = givenRating
  .extend({
    sessionId,
    userId,
    customerName: z.string().optional().describe("the text `name` of the session's metadata, when it has one"),
    agentId: agentId.nullable().describe('who had the session last; null when no agent had it'),
    agentName: z.string().nullable(),
  })
  .meta({ id: 'RecentRating' });
export type RecentRating = z.infer<typeof recentRating>;

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
    averageHandlingSeconds: seconds.describe(
      'time assigned to agents, of the sessions that last left them in the last 24 h',
    ),
    averageFirstResponseMs: z.number().nullable().describe('of the sessions of the last 24 h'),
    botResolutionShare: z
      .number()
      .nullable()
      .describe(
        'share of the sessions closed in the last 24 h, abandoned ones left out, that were never assigned to an agent',
      ),
    abandonedLast24h: z
      .int()
      .optional()
      .describe(
        'sessions closed in the last 24 h as abandoned, and those that were never assigned to an agent and the customer never wrote in',
      ),
    averageRating: z.number().nullable().describe('of the ratings given in the last 24 h, 1 to 5'),
    ratingsLast24h: z.int().optional().describe('how many those are'),
    recentRatings: z.array(recentRating).optional().describe('the newest of them, at most 20, the latest first'),
    hours: z.array(hourOfStats).describe('the last 24 hours of the clock, the present one last'),
    timestamp,
  })
  .meta({ id: 'SystemStats' });
export type SystemStats = z.infer<typeof systemStats>;

export const statisticsEndpoints = {
  stats: endpoint({ summary: 'Statistics of all sessions and agents.', request: z.object({}), value: systemStats }),
  handlingTimes: endpoint({
    summary:
      'How long sessions were lately assigned to an agent before they were closed or transferred: what waits are estimated from.',
    request: z.object({ limit: z.int().min(1).max(1_000).default(100) }),
    value: z.object({
      seconds: z.array(z.number()),
      agentsOnDuty: z.int().describe('not offline'),
      totalCapacity: z.int(),
    }),
  }),
} as const;
