import { z } from 'zod';
import { serviceHealth } from '../health.ts';
import { endpoint } from '../wire/endpoint.ts';
import { agentEndpoints } from './agents.ts';
import { budgetEndpoints } from './budgets.ts';
import { controlEndpoints } from './control.ts';
import { logEndpoints } from './log.ts';
import { noteEndpoints } from './notes.ts';
import { ratingEndpoints } from './ratings.ts';
import { sessionEndpoints } from './sessions.ts';
import { statisticsEndpoints } from './statistics.ts';
import { turnEndpoints } from './turns.ts';
import { waitEndpoints } from './waits.ts';

export const sessionApi = {
  name: 'session',
  description: 'Sessions, their log, agents, assignment and analytics. The record: Postgres behind it is the truth.',
  endpoints: {
    ...sessionEndpoints,
    ...logEndpoints,
    ...controlEndpoints,
    ...waitEndpoints,
    ...agentEndpoints,
    ...turnEndpoints,
    ...budgetEndpoints,
    ...noteEndpoints,
    ...ratingEndpoints,
    ...statisticsEndpoints,
    health: endpoint({
      summary: 'State of this service and of Postgres.',
      request: z.object({}),
      value: serviceHealth,
    }),
  },
} as const;
export type SessionApi = typeof sessionApi;
