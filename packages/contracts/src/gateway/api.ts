import { z } from 'zod';
import { serviceHealth } from '../health.ts';
import { endpoint } from '../wire/endpoint.ts';

export const gatewayApi = {
  name: 'gateway',
  description: 'Sockets, identity and limits. Everything else it asks of the other services.',
  endpoints: {
    connections: endpoint({
      summary: 'Sockets of this gateway by role, and the sessions that they follow.',
      request: z.object({}),
      value: z.object({
        instance: z.string(),
        sockets: z.int(),
        customers: z.int(),
        agents: z.int(),
        sessionsWatched: z.int(),
      }),
    }),
    health: endpoint({ summary: 'State of this gateway.', request: z.object({}), value: serviceHealth }),
  },
} as const;
export type GatewayApi = typeof gatewayApi;
