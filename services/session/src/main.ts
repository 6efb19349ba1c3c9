import { gatewayApi, sessionApi, subjects as subjectsOf } from '@baton/contracts';
import {
  closeNats,
  connectNats,
  createAnnouncer,
  createCaller,
  createHealth,
  createIsAway,
  ensureStream,
  runService,
  serve,
  serveHealth,
  version,
} from '@baton/runtime';
import { createAnnouncements } from './announcements.ts';
import { sweepBudgets } from './budgets/store-postgres.ts';
import { startBudgetSweep } from './budgets/sweep.ts';
import { sessionConfig } from './config.ts';
import { createControl } from './control/control.ts';
import { applyChanges, readViews } from './control/store-postgres.ts';
import { sessionEndpoints } from './endpoints.ts';
import { createAppender } from './log/appender.ts';
import { measureLog } from './log/store-postgres.ts';
import { writeMessages } from './log/write-messages-postgres.ts';
import { openDatabase } from './platform/database-postgres.ts';
import { sessionMetrics, startCountingOpen } from './platform/metrics.ts';
import { startAbandonmentLoop } from './sessions/abandonment.ts';
import { startExpiryLoop } from './sessions/expiry.ts';
import { createSizeLimit } from './sessions/size-limit.ts';
import { findQuiet, findSilent } from './sessions/store-postgres.ts';
import { countOpen } from './statistics/store-postgres.ts';
import { startOverdueLoop } from './turns/overdue.ts';
import { startStandInLoop } from './turns/stand-in.ts';
import { standInStore } from './turns/stand-in-store-postgres.ts';
import { findOverdue, readLastMessages } from './turns/store-postgres.ts';

/** Of what is counted in Postgres' 32 bits. */
const NO_LIMIT = 2_147_483_647;

await runService({ name: 'session', config: sessionConfig }, async ({ config, instance, log, metrics, release }) => {
  const subjects = subjectsOf(config.SUBJECT_ROOT);
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolMax: config.DATABASE_POOL_MAX,
    name: instance,
    log,
  });
  release('database', () => database.close());

  const nats = await connectNats({ url: config.NATS_URL, caFile: config.NATS_CA_FILE, name: instance, log });
  release('nats', () => closeNats(nats));
  await ensureStream(nats, subjects).catch((error: unknown) =>
    log.warn({ err: error }, 'the stream of events cannot be made now; whoever reads events makes it'),
  );

  const announcements = createAnnouncements({ announcer: createAnnouncer(nats, subjects), subjects, log });
  release('announcements', () => announcements.settled());

  const counted = sessionMetrics(metrics, database);
  const appender = createAppender({ write: (items) => writeMessages(database, items), onBatch: counted.batch });
  release('appender', () => appender.settled());
  const control = createControl({
    store: {
      readViews: (sessionIds, agentIds) => readViews(database, sessionIds, agentIds),
      applyChanges: (changes, offline) => applyChanges(database, changes, offline),
    },
    announcements,
  });

  const deadlineMs = config.ANSWER_DEADLINE_MS;
  const overdue = startOverdueLoop({
    findOverdue: (limit) => findOverdue(database, deadlineMs, limit),
    readLastMessages: (sessionIds, count) => readLastMessages(database, sessionIds, count),
    control,
    deadlineMs,
    log,
  });
  release('overdue answers', () => overdue.stop());
  if (config.EXPIRE_AFTER_HOURS !== undefined) {
    const expiry = startExpiryLoop({
      findSilent: (seconds, limit) => findSilent(database, seconds, limit),
      control,
      hours: config.EXPIRE_AFTER_HOURS,
      log,
    });
    release('expiry', () => expiry.stop());
  }
  if (config.END_ABANDONED_AFTER_MINUTES > 0) {
    const gateway = createCaller(nats, gatewayApi, subjects);
    const abandonment = startAbandonmentLoop({
      findQuiet: (seconds, after, limit) => findQuiet(database, seconds, after, limit),
      hasGateway: async () => (await gateway.connections({})).ok,
      isAway: createIsAway(nats, subjects),
      control,
      minutes: config.END_ABANDONED_AFTER_MINUTES,
      log,
    });
    release('abandonment', () => abandonment.stop());
  }
  const sizeLimit = createSizeLimit({
    measure: (sessionId) => measureLog(database, sessionId),
    control,
    maxEntries: config.MAX_CHAT_ENTRIES,
    maxBytes: config.MAX_CHAT_BYTES,
    log,
  });
  release('size limit', () => sizeLimit.settled());
  const sweeping = startBudgetSweep({ sweep: (limit) => sweepBudgets(database, limit), log });
  release('budgets', () => sweeping.stop());
  const counting = startCountingOpen({ count: () => countOpen(database), show: counted.open, log });
  release('counting', () => counting.stop());

  const health = createHealth({
    instance,
    essential: { postgres: () => database.ping(), nats: () => nats.flush() },
  });
  const handlers = sessionEndpoints({
    database,
    appender,
    control,
    announcements,
    sizeLimit,
    health,
    agentCapacity: config.AGENT_CAPACITY,
    mostWaiting: {
      customer: config.CUSTOMER_WAITING_CHATS || NO_LIMIT,
      address: config.ADDRESS_WAITING_CHATS || NO_LIMIT,
    },
    log,
  });
  const standIn = startStandInLoop({
    store: standInStore(database),
    control,
    append: handlers.append,
    announcements,
    deadlineMs,
    giveUpAfterMinutes: config.NOBODY_ONLINE_AFTER_MINUTES,
    log,
  });
  release('stand in', () => standIn.stop());
  const http = await serveHealth({ host: config.HEALTH_HOST, port: config.HEALTH_PORT, health, metrics, log });
  release('health', () => http.stop());
  const served = await serve({ nats, api: sessionApi, handlers, subjects, version, log, metrics });
  release('endpoints', () => served.stop());
});
