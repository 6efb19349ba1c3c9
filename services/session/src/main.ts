import { sessionApi } from '@baton/contracts';
import { measureConnections } from '@baton/postgres';
import { afterPollPhase, connectBus, createHealth, runService, serveHealth } from '@baton/runtime';
import { sessionConfig } from './config.ts';
import { createControl } from './control/control.ts';
import { createEndpoints } from './endpoints.ts';
import { appendMetrics, createAppender } from './log/appender.ts';
import { startLoops } from './loops.ts';
import { openDatabase } from './platform/database-postgres.ts';
import { createPublications } from './publications.ts';
import { createSizeLimit } from './sessions/size-limit.ts';
import { createStores } from './stores-postgres.ts';

await runService({ name: 'session', config: sessionConfig }, async ({ config, instance, log, metrics, release }) => {
  const database = openDatabase({ url: config.DATABASE_URL, poolMax: config.DATABASE_POOL_MAX, name: instance, log });
  release('database', () => database.close());
  // A NATS that comes back may have lost its data.
  let onReconnect = () => {};
  const bus = await connectBus({
    service: 'session',
    config,
    instance,
    log,
    metrics,
    onReconnect: () => onReconnect(),
  });
  release('nats', bus.close);
  await bus
    .ensureEvents()
    .catch((error: unknown) => log.warn({ err: error }, 'the stream of events cannot be created now; it will be soon'));
  const publications = createPublications({ bus, log });
  release('publications', () => publications.settled());

  const stores = createStores(database);
  const control = createControl({ store: stores.control, publications });
  const maxSize = { entries: config.MAX_CHAT_ENTRIES, bytes: config.MAX_CHAT_BYTES };
  const sizeLimit = createSizeLimit({ control, maxSize, log });
  release('size limit', () => sizeLimit.settled());
  const appender = createAppender({ write: stores.messages.write, onBatch: appendMetrics(metrics) });
  // Appends that are written after their request was answered are still published, and may end a session by its size.
  release('appender', async () => {
    await appender.settled();
    await afterPollPhase();
  });
  const health = createHealth({ instance, essential: { postgres: () => database.ping(), nats: () => bus.flush() } });
  measureConnections(metrics, database);

  const parts = { config, stores, control, publications, log };
  const endpoints = createEndpoints({ ...parts, appender, sizeLimit, health });
  const loops = startLoops({ ...parts, append: endpoints.append, bus, metrics });
  release('loops', () => loops.stop());
  onReconnect = loops.restoreEventsSoon;
  const http = await serveHealth({ host: config.HEALTH_HOST, port: config.HEALTH_PORT, health, metrics, log });
  release('health', () => http.stop());
  const served = await bus.serve(sessionApi, endpoints);
  release('endpoints', () => served.stop());
});
