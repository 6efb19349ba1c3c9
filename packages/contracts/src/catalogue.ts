import { aiApi } from './ai/api.ts';
import { channels } from './channels.ts';
import { gatewayApi } from './gateway/api.ts';
import { info, publicHealth, systemHealth } from './health.ts';
import { queueApi } from './queue/api.ts';
import { sessionApi } from './session/api.ts';
import { clientEvents, serverEvents } from './sockets/events.ts';
import { workspaceApi } from './workspace/api.ts';

/** Everything that crosses a wire, for documents, frozen snapshots and conformance checks. */
export const catalogue = {
  services: [sessionApi, queueApi, aiApi, gatewayApi, workspaceApi],
  channels,
  clientEvents,
  serverEvents,
  http: {
    'GET /health': {
      summary: 'Health of every part; 503 when nobody can chat. On `HEALTH_PORT`, and in development on `PORT` too.',
      payload: systemHealth,
    },
    'GET /health on PORT, in production': {
      summary: 'Whether people can chat; 503 when nobody can.',
      payload: publicHealth,
    },
    'GET /api/info': { summary: 'What runs here.', payload: info },
  },
} as const;
