import { accept, type ServiceHealth, type WorkspaceApi } from '@baton/contracts';
import type { Handlers, Log } from '@baton/runtime';
import type { Access } from './access.ts';
import { accountEndpoints } from './accounts/endpoints.ts';
import { auditEndpoints } from './audit/endpoints.ts';
import { keyEndpoints } from './keys/endpoints.ts';
import { loginEndpoints } from './logins/endpoints.ts';
import { factorEndpoints } from './logins/factor-endpoints.ts';
import type { Passwords } from './logins/passwords.ts';
import type { Sealing } from './platform/sealed.ts';
import type { ProviderClient } from './providers/client-openid.ts';
import { providerEndpoints } from './providers/endpoints.ts';
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
  providers: readonly ProviderClient[];
  publications: Publications;
  health: () => Promise<ServiceHealth>;
  log: Log;
}): Handlers<WorkspaceApi> {
  return {
    ...accountEndpoints(parts),
    ...loginEndpoints(parts),
    ...factorEndpoints(parts),
    ...providerEndpoints(parts),
    ...roleEndpoints(parts),
    ...keyEndpoints(parts),
    ...auditEndpoints(parts),
    ...revocationEndpoints(parts),
    health: async () => accept(await parts.health()),
  };
}
