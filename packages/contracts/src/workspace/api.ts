import { z } from 'zod';
import { serviceHealth } from '../health.ts';
import { endpoint } from '../wire/endpoint.ts';
import { accountEndpoints } from './accounts.ts';
import { auditEndpoints } from './audit.ts';
import { keyEndpoints } from './keys.ts';
import { loginEndpoints } from './logins.ts';
import { providerEndpoints } from './providers.ts';
import { roleEndpoints } from './roles.ts';

export const workspaceApi = {
  name: 'workspace',
  description:
    "What an organisation sets up: accounts, logins, roles, API keys and the audit log. Off a message's way: while it is away, open chats go on.",
  endpoints: {
    ...accountEndpoints,
    ...loginEndpoints,
    ...providerEndpoints,
    ...roleEndpoints,
    ...keyEndpoints,
    ...auditEndpoints,
    health: endpoint({
      summary: 'State of this service and of Postgres.',
      request: z.object({}),
      value: serviceHealth,
    }),
  },
} as const;
export type WorkspaceApi = typeof workspaceApi;
