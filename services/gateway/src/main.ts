import { gatewayApi } from '@baton/contracts';
import { createHealth, type Parts, runService, serve, serveHealth, version } from '@baton/runtime';
import { createAccess } from './access/access.ts';
import { createLookForCustomer } from './agents/customer-presence/look-for-customer.ts';
import { startOnlineAgents } from './agents/online-agents.ts';
import { startPresence } from './agents/presence.ts';
import { startQueueUpdates } from './agents/queue-view/queue-updates.ts';
import { agentEvents } from './agents/socket-events.ts';
import { onQueueChanged, subscribeToAgent } from './agents/subscriptions.ts';
import { type GatewayConfig, gatewayConfig } from './config.ts';
import { onDisconnected } from './connections/disconnected.ts';
import { createDispatcher } from './connections/dispatcher.ts';
import { gatewayEndpoints } from './connections/endpoints.ts';
import { createSocketServer } from './connections/server-socketio.ts';
import { logPages } from './customers/log-pages.ts';
import { customerEvents } from './customers/socket-events.ts';
import { createCatchUpPace } from './delivery/catch-up/catch-up-pace.ts';
import { startFeeds } from './delivery/feeds.ts';
import { seenEvents } from './delivery/seen-events.ts';
import { createSends } from './delivery/sends.ts';
import { subscribeToSession } from './delivery/subscriptions.ts';
import { typingEvents } from './delivery/typing-events.ts';
import { createHttpServer } from './http/server.ts';
import { createSystemHealth } from './http/system-health.ts';
import { connectAdapter } from './platform/adapter-redis.ts';
import { inBackground } from './platform/background.ts';
import { connectServices } from './platform/services.ts';
import { supervisorEvents } from './supervisors/socket-events.ts';

/** The gateway, part by part. What takes work in comes last, so that it stops first. [O1] */
export async function startGateway(parts: Parts<GatewayConfig>): Promise<{ port: number }> {
  const { config, instance, log, metrics, release } = parts;
  const access = createAccess(parts);
  const services = await connectServices(parts);
  release('NATS', services.close);
  const redis = connectAdapter(parts);
  release('Redis', redis.close);
  const common = { ...access, ...services, instance, log, metrics };

  const pace = createCatchUpPace({ trusted: config.TRUSTED_NETWORKS });
  const { announcer, subjects } = services;
  const bus = { ...services, log };
  const feeds = startFeeds({
    ...common,
    pace,
    receive: (sessionId, react) => subscribeToSession(bus, sessionId, react),
    publishPresence: (presence) => announcer.live(subjects.live(presence.sessionId, 'presence'), presence),
  });
  release('feeds', feeds.stop);
  const lookForCustomer = createLookForCustomer({ ...services, feeds });
  const agents = startOnlineAgents({
    ...common,
    feeds,
    lookForCustomer,
    receive: (agentId, react) => subscribeToAgent(bus, agentId, react),
  });
  release('agents', agents.stop);
  const presence = startPresence({ ...common, agents, graceMs: config.AGENT_GRACE_MS });
  release('presence', presence.stop);
  services.onReconnect(() => {
    inBackground(log, 'reconcile all feeds', feeds.reconcileAll());
    agents.reconcileNow();
    presence.reportNow();
  });
  const queueUpdates = startQueueUpdates({
    ...common,
    agentCount: () => agents.size,
    tellAll: (update) => sockets.tellAllAgents('queue:update', update),
    tellOwn: (update) => sockets.tellOwnAgents('queue:update', update),
  });
  release('queue updates', queueUpdates.stop);
  release('queue notifications', onQueueChanged(bus, queueUpdates.changed));

  const health = createSystemHealth({ ...common, redis: redis.check, draining: () => sockets.draining });
  const typing = typingEvents({
    agents,
    publish: (payload) => announcer.live(subjects.live(payload.sessionId, 'typing'), payload),
  });
  const seen = seenEvents({
    agents,
    feeds,
    publish: (payload) => announcer.live(subjects.live(payload.sessionId, 'seen'), payload),
  });
  const features = {
    ...common,
    agents,
    feeds,
    presence,
    queueUpdates,
    health,
    typing,
    sends: createSends(services.session),
  };
  const dispatcher = createDispatcher({
    ...common,
    handlers: {
      ...customerEvents({ ...features, pages: logPages({ ...common, pace }) }),
      ...agentEvents({ ...features, botName: config.BOT_NAME }),
      ...supervisorEvents(features),
      ...typing.handlers,
      ...seen.handlers,
    },
  });
  const http = createHttpServer(parts, access, health);
  const sockets = createSocketServer({
    ...common,
    config,
    http: http.server,
    adapter: redis.adapter,
    dispatcher,
    slots: access.slots(),
    onGone: onDisconnected({ ...features, seen }),
  });
  const ownHealth = createHealth({
    instance,
    essential: { nats: services.checkNats },
    optional: { redis: redis.check },
  });
  const handlers = gatewayEndpoints({ instance, sockets, feeds, health: ownHealth });
  const endpoints = await serve({ ...common, api: gatewayApi, handlers, version });
  release('endpoints', endpoints.stop);
  const port = await http.listen();
  const inside = await serveHealth({ ...common, host: config.HEALTH_HOST, port: config.HEALTH_PORT, health });
  // Health is served while the sockets drain.
  release('health', inside.stop);
  release('sockets', () => sockets.stop(config.DRAIN_MS));
  log.info({ port, host: config.HOST, healthPort: inside.port }, 'listening');
  return { port };
}

if (import.meta.main)
  await runService({ name: 'gateway', config: gatewayConfig }, async (parts) => void (await startGateway(parts)));
