import { gatewayApi, queueApi, sessionApi } from '@baton/contracts';
import { connectBus, createHealth, type Parts, runService, serveHealth } from '@baton/runtime';
import { startAbandonment } from './abandonment/abandonment.ts';
import { startAutoAssign } from './claims/auto-assign.ts';
import { createClaim } from './claims/claim.ts';
import { subscribeToChanges } from './claims/subscriptions.ts';
import { startHeartbeat } from './cluster/heartbeat.ts';
import { type QueueConfig, queueConfig } from './config.ts';
import { createEndpoints } from './endpoints.ts';
import { createQueueMetrics } from './metrics.ts';
import { connectRedis } from './platform/connection-redis.ts';
import { startPositionBroadcast } from './positions/broadcast.ts';
import { createPositionReader } from './positions/position-reader.ts';
import { startPresenceReconciler } from './presence/reconcile.ts';
import { createChangedNotification } from './queue/changed-notification.ts';
import { stepOf } from './queue/order.ts';
import { createReconciliationCheck, startReconciler } from './queue/reconcile.ts';
import { consumeControl } from './queue/subscriptions.ts';
import { createStores } from './stores-redis.ts';

/** The parts of one queue service, in the order in which they start; they stop in reverse. */
export async function startQueue({ config, instance, log, metrics, release }: Parts<QueueConfig>): Promise<void> {
  const started = <Part extends { stop(): unknown }>(name: string, part: Part): Part => {
    release(name, part.stop);
    return part;
  };
  // While a server was unavailable notifications were missed. Before the reconciler starts there is nothing to repair.
  let reconcileSoon = () => {};
  const onGap = () => reconcileSoon();
  const { REDIS_URL, REDIS_USER: user, REDIS_PASSWORD: password, REDIS_CA_FILE, REDIS_PREFIX: prefix } = config;
  const named = { name: instance, log };
  const redis = connectRedis({ ...named, url: REDIS_URL, user, password, caFile: REDIS_CA_FILE, onReady: onGap });
  release('redis', redis.close);
  const bus = await connectBus({ service: 'queue', config, instance, log, metrics, onReconnect: onGap });
  release('nats', bus.close);
  const session = bus.caller(sessionApi);
  const gateway = bus.caller(gatewayApi);
  const hasGateway = async () => (await gateway.connections({})).ok;

  const { mark: onChange } = started('changed notification', createChangedNotification(bus));
  const stores = createStores({ redis, prefix, instance, stepMs: stepOf(config.QUEUE_AGEING_SECONDS), onChange });
  const { heartbeats, lock } = stores;
  const heartbeat = started('heartbeat', startHeartbeat({ heartbeats, bus, log, onNewGeneration: onGap }));
  const measured = createQueueMetrics(metrics, heartbeat);
  const parts = { ...stores, cluster: { heartbeat, lock, log }, session, bus, log };

  const { COMPARE_EVERY_MS: everyMs, AGENT_GRACE_MS: graceMs, ABANDON_AFTER_MS: abandonAfterMs } = config;
  const reconciler = started('reconciler', startReconciler({ ...parts, everyMs, onReconciled: measured.reconciled }));
  const { kick: onDoubt, now: reconcileNow } = reconciler;
  reconcileSoon = onDoubt;
  const positions = createPositionReader(parts);
  const broadcast = started('positions', startPositionBroadcast({ ...parts, positions }));
  started('presence', startPresenceReconciler({ ...parts, graceMs, onReleased: onDoubt }));
  started('abandonment', startAbandonment({ ...parts, hasGateway, abandonAfterMs }));

  const claim = createClaim({ ...parts, onOutcome: measured.claimed, onDoubt, reconcileNow });
  const autoAssign = config.AUTO_ASSIGN;
  if (autoAssign) {
    const loop = started('auto-assign', startAutoAssign({ ...parts, claim }));
    started('auto-assign subscriptions', subscribeToChanges({ ...parts, onChange: loop.kick }));
  }
  started('control events', consumeControl({ ...parts, broadcast }));

  const comparison = createReconciliationCheck(heartbeat);
  const essential = { redis: redis.ping, nats: bus.flush };
  const health = createHealth({ instance, essential, optional: { comparison } });
  const handlers = createEndpoints({ prefix, stores, session, positions, claim, autoAssign, reconcileNow, health });
  started('endpoints', await bus.serve(queueApi, handlers));
  started('health', await serveHealth({ host: config.HEALTH_HOST, port: config.HEALTH_PORT, health, metrics, log }));
}

// Tests import `startQueue` to run several instances in their own process.
if (import.meta.main) await runService({ name: 'queue', config: queueConfig }, startQueue);
