import { accept, refuse, type ServiceHealth, type WorkspaceApi } from '@baton/contracts';
import { OutcomeUnknown } from '@baton/postgres';
import { type Handlers, type Log, throttled } from '@baton/runtime';
import type { Access } from './access.ts';
import { accountEndpoints } from './accounts/endpoints.ts';
import { auditEndpoints } from './audit/endpoints.ts';
import { keyEndpoints } from './keys/endpoints.ts';
import { loginEndpoints } from './logins/endpoints.ts';
import { factorEndpoints } from './logins/factor-endpoints.ts';
import type { Passwords } from './logins/passwords.ts';
import type { Sealing } from './platform/sealed.ts';
import type { Publications } from './publications.ts';
import { revocationEndpoints } from './revocations/endpoints.ts';
import { roleEndpoints } from './roles/endpoints.ts';
import type { Stores } from './stores-postgres.ts';

/** What others may request of this service: `workspaceApi`, feature by feature. */
export function createEndpoints(parts: {
  access: Access;
  stores: Stores;
  passwords: Passwords;
  sealing: Sealing;
  publications: Publications;
  health: () => Promise<ServiceHealth>;
  log: Log;
}): Handlers<WorkspaceApi> {
  return withUnknownOutcomes(parts.log, {
    ...accountEndpoints(parts),
    ...loginEndpoints(parts),
    ...factorEndpoints(parts),
    ...roleEndpoints(parts),
    ...keyEndpoints(parts),
    ...auditEndpoints(parts),
    ...revocationEndpoints(parts),
    health: async () => accept(await parts.health()),
  });
}

/** As in the session service: when the connection broke, what was asked may or may not be done. */
function withUnknownOutcomes(log: Log, handlers: Handlers<WorkspaceApi>): Handlers<WorkspaceApi> {
  const wrapped = Object.entries(handlers).map(([key, handle]) => {
    const answer = async (request: never) => {
      try {
        return await handle(request);
      } catch (error) {
        if (!(error instanceof OutcomeUnknown)) throw error;
        throttled(log).error(key, { err: error, endpoint: key }, 'the connection to Postgres broke during a request');
        return refuse('TIMEOUT', 'The database went away while it was at work; it may or may not be done.');
      }
    };
    return [key, answer];
  });
  // The keys and types are those of `handlers`: TIMEOUT is among the replies of every endpoint.
  return Object.fromEntries(wrapped) as Handlers<WorkspaceApi>;
}
