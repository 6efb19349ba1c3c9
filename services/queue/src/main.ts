import { gatewayApi, queueApi, sessionApi, subjects as subjectsOf } from '@baton/contracts';
import {
  closeNats,
  connectNats,
  createAnnouncer,
  createAskAttendance,
  createCaller,
  createHealth,
  type Parts,
  runService,
  serve,
  serveHealth,
  version,
} from '@baton/runtime';
import { startAssigning } from './claims/auto-assign.ts';
import { createClaim } from './claims/claim.ts';
import { startHeart } from './cluster/heartbeat.ts';
import { createPulse } from './cluster/store-redis.ts';
import { type QueueConfig, queueConfig } from './config.ts';
import { createQueueMetrics } from './metrics.ts';
import { connectRedis } from './platform/connection-redis.ts';
import { createOnline } from './positions/agents-online.ts';
import { startPushing } from './positions/broadcast.ts';
import { createBasis } from './positions/estimate-inputs.ts';
import { startAttendance } from './presence/abandonment.ts';
import { createHands } from './presence/assignments-redis.ts';
import { createPresence } from './presence/store-redis.ts';
import { startRoster } from './presence/vanished-agents.ts';
import { createChangedHint } from './queue/changed-notification.ts';
import { createEndpoints } from './queue/endpoints.ts';
import { stepOf } from './queue/order.ts';
import { createComparedCheck, startComparing } from './queue/reconcile.ts';
import { createLine } from './queue/store-redis.ts';
import { startReacting } from './queue/subscriptions.ts';

/** The parts of one queue service, in the order in which they need each other. */
export async function startQueue({ config, instance, log, metrics, release }: Parts<QueueConfig>): Promise<void> {
  const subjects = subjectsOf(config.SUBJECT_ROOT);
  const prefix = config.REDIS_PREFIX;

  // What happened while a server was gone was missed. Until there is something to compare with, nothing was.
  let compareSoon = () => {};
  const redis = connectRedis({
    url: config.REDIS_URL,
    password: config.REDIS_PASSWORD,
    caFile: config.REDIS_CA_FILE,
    name: instance,
    log,
    onReady: () => compareSoon(),
  });
  release('redis', redis.close);
  const nats = await connectNats({
    url: config.NATS_URL,
    caFile: config.NATS_CA_FILE,
    name: instance,
    log,
    onReconnect: () => compareSoon(),
  });
  release('nats', () => closeNats(nats));

  const announcer = createAnnouncer(nats, subjects);
  const session = createCaller(nats, sessionApi, subjects);
  const gateway = createCaller(nats, gatewayApi, subjects);
  const changed = createChangedHint(announcer, subjects);
  release('changed hint', changed.stop);

  const line = createLine({ redis, prefix, stepMs: stepOf(config.QUEUE_AGEING_SECONDS), onChange: changed.mark });
  const pulse = createPulse({ redis, prefix, instance, line });
  const presence = createPresence({ redis, prefix, markerKey: pulse.markerKey });
  const hands = createHands({ redis, prefix });
  const basis = createBasis(session, hands);
  const online = createOnline(session);

  const heart = startHeart({ pulse, nats, log, onNewStretch: () => compareSoon() });
  release('heart', heart.stop);
  const measured = createQueueMetrics(metrics, heart);

  const comparing = startComparing({
    line,
    pulse,
    heart,
    session,
    everyMs: config.COMPARE_EVERY_MS,
    log,
    onCompared: measured.compared,
  });
  release('comparing', comparing.stop);
  compareSoon = comparing.kick;

  const pusher = startPushing({ line, pulse, heart, basis, online, announcer, subjects, log });
  release('pushing', pusher.stop);

  const roster = startRoster({
    presence,
    hands,
    pulse,
    heart,
    session,
    graceMs: config.AGENT_GRACE_MS,
    log,
    onLetGo: comparing.kick,
  });
  release('roster', roster.stop);

  const attendance = startAttendance({
    ask: createAskAttendance(nats, subjects),
    hasGateway: async () => (await gateway.connections({})).ok,
    line,
    pulse,
    heart,
    session,
    abandonAfterMs: config.ABANDON_AFTER_MS,
    log,
  });
  release('attendance', attendance.stop);

  const claim = createClaim({
    line,
    hands,
    session,
    log,
    onOutcome: measured.claimed,
    onDoubt: comparing.kick,
    compareNow: comparing.now,
  });
  if (config.AUTO_ASSIGN) {
    const assigning = startAssigning({ nats, subjects, pulse, heart, presence, session, claim, log });
    release('assigning', assigning.stop);
  }

  const reacting = startReacting({ nats, subjects, line, hands, pusher, session, log });
  release('reacting', reacting.stop);

  const health = createHealth({
    instance,
    essential: { redis: redis.ping, nats: () => nats.flush() },
    optional: { comparison: createComparedCheck(heart) },
  });
  const handlers = createEndpoints({
    prefix,
    line,
    pulse,
    presence,
    basis,
    online,
    session,
    claim,
    autoAssign: config.AUTO_ASSIGN,
    compareNow: comparing.now,
    health,
  });
  const served = await serve({ nats, api: queueApi, handlers, subjects, version, log, metrics });
  release('endpoints', served.stop);

  const web = await serveHealth({ host: config.HEALTH_HOST, port: config.HEALTH_PORT, health, metrics, log });
  release('health', web.stop);
}

// Tests start several in their own process.
if (import.meta.main) await runService({ name: 'queue', config: queueConfig }, startQueue);
