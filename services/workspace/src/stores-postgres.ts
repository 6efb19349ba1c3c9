import { createLinkStore } from './accounts/links-postgres.ts';
import { createAccountStore } from './accounts/store-postgres.ts';
import { createAuditStore } from './audit/store-postgres.ts';
import { createKeyStore } from './keys/store-postgres.ts';
import { createFactorStore } from './logins/factor-store-postgres.ts';
import { createFailureStore } from './logins/failures-postgres.ts';
import type { LoginLifetime } from './logins/start-login-postgres.ts';
import { createLoginStore } from './logins/store-postgres.ts';
import type { Database } from './platform/database-postgres.ts';
import { createIdentityStore } from './providers/identities-postgres.ts';
import { createProviderLogoutStore } from './providers/logouts-postgres.ts';
import { createProviderStepStore } from './providers/steps-postgres.ts';
import { createRevocationStore } from './revocations/store-postgres.ts';
import { createRoleStore } from './roles/store-postgres.ts';

/** Everything that reads or writes Postgres: one object for each feature. */
export function createStores(database: Database, lifetime: LoginLifetime) {
  return {
    accounts: createAccountStore(database),
    audit: createAuditStore(database),
    factors: createFactorStore(database),
    failures: createFailureStore(database),
    identities: createIdentityStore(database, lifetime),
    keys: createKeyStore(database),
    links: createLinkStore(database, lifetime),
    logins: createLoginStore(database, lifetime),
    providerLogouts: createProviderLogoutStore(database),
    providerSteps: createProviderStepStore(database),
    revocations: createRevocationStore(database),
    roles: createRoleStore(database),
  };
}
export type Stores = ReturnType<typeof createStores>;
