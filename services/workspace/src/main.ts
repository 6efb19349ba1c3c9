import { workspaceApi } from '@baton/contracts';
import { measureConnections } from '@baton/postgres';
import { connectBus, createHealth, runService, serveHealth } from '@baton/runtime';
import { createAccess } from './access.ts';
import { offerOwnerLink } from './accounts/owner-link.ts';
import { workspaceConfig } from './config.ts';
import { createEndpoints } from './endpoints.ts';
import { startDeletingExpired } from './logins/expired-rows-postgres.ts';
import { createPasswords } from './logins/passwords.ts';
import { startRenewingSeals } from './logins/renew-seals.ts';
import { openDatabase } from './platform/database-postgres.ts';
import { createSealing } from './platform/sealed.ts';
import { createProviderClient } from './providers/client-openid.ts';
import { createPublications } from './publications.ts';
import { createStores } from './stores-postgres.ts';
import { createUses } from './uses.ts';

await runService(
  { name: 'workspace', config: workspaceConfig },
  async ({ config, instance, log, metrics, release }) => {
    const database = openDatabase({ url: config.DATABASE_URL, poolMax: config.DATABASE_POOL_MAX, name: instance, log });
    release('database', () => database.close());
    const bus = await connectBus({ service: 'workspace', config, instance, log, metrics });
    release('nats', bus.close);
    const publications = createPublications({ bus });

    const stores = createStores(database, { idleHours: config.LOGIN_IDLE_HOURS, maxDays: config.LOGIN_MAX_DAYS });
    const uses = createUses(log);
    release('uses', () => uses.settled());
    const access = createAccess({
      readLogin: uses.noting(stores.logins.readActor, ({ loginId }) => stores.logins.noteUse(loginId)),
      readKey: uses.noting(stores.keys.readActor, ({ keyId }) => stores.keys.noteUse(keyId)),
    });
    const { WORKSPACE_SECRET: secret, WORKSPACE_SECRET_PREVIOUS: previous } = config;
    const sealing = createSealing(previous === undefined ? [secret] : [secret, previous]);
    const passwords = createPasswords();
    const health = createHealth({ instance, essential: { postgres: () => database.ping(), nats: () => bus.flush() } });
    measureConnections(metrics, database);

    const providers = config.providers.map((provider) => createProviderClient(provider, config.PUBLIC_URL));
    const endpoints = createEndpoints({ access, stores, passwords, sealing, providers, publications, health, log });
    if (previous !== undefined) {
      const seals = startRenewingSeals({ factors: stores.factors, sealing, log });
      release('seals', () => seals.stop());
    }
    const expired = startDeletingExpired({ database, log });
    release('expired rows', () => expired.stop());
    const http = await serveHealth({ host: config.HEALTH_HOST, port: config.HEALTH_PORT, health, metrics, log });
    release('health', () => http.stop());
    const served = await bus.serve(workspaceApi, endpoints);
    release('endpoints', () => served.stop());
    if (config.NODE_ENV === 'production')
      await offerOwnerLink({ links: stores.links, publicUrl: config.PUBLIC_URL, log });
  },
);
