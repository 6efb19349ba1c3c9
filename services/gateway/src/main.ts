import { gatewayApi } from '@baton/contracts';
import { type Parts, runService, serveHealth } from '@baton/runtime';
import { createAccess } from './access/access.ts';
import { startOnlineAgents } from './agents/online-agents.ts';
import { startPresence } from './agents/presence.ts';
import { createQueueReader } from './agents/queue-view/queue-reader.ts';
import { startQueueUpdates } from './agents/queue-view/queue-updates.ts';
import { agentEvents } from './agents/socket-events.ts';
import { type GatewayConfig, gatewayConfig } from './config.ts';
import { onDisconnected } from './connections/disconnected.ts';
import { gatewayEndpoints } from './connections/endpoints.ts';
import { createSocketServer } from './connections/server-socketio.ts';
import { customerEvents } from './customers/socket-events.ts';
import { createCatchUpPace } from './delivery/catch-up/catch-up-pace.ts';
import { startFeeds } from './delivery/feeds.ts';
import { createSeenPublisher } from './delivery/seen-publisher.ts';
import { createTypingPublisher } from './delivery/typing-publisher.ts';
import { createHttpServer } from './http/server.ts';
import { createSystemHealth } from './http/system-health.ts';
import { connectAdapter } from './platform/adapter-redis.ts';
import { connectServices } from './platform/services.ts';
import { createMessageSender } from './sending/message-sender.ts';
import { supervisorEvents } from './supervisors/socket-events.ts';

/** The gateway, part by part. What takes work in comes last, so that it stops first. [O1] */
export async function startGateway(parts: Parts<GatewayConfig>): Promise<{ port: number }> {
  const { config, log, release } = parts;
  const access = createAccess(parts);
  const services = await connectServices(parts);
  release('NATS', services.bus.close);
  const redis = connectAdapter(parts);
  release('Redis', redis.close);
  const pace = createCatchUpPace({ trusted: config.TRUSTED_NETWORKS });
  const common = { ...parts, ...access, ...services, checkRedis: redis.check, pace };

  const feeds = startFeeds(common);
  release('feeds', feeds.stop);
  const agents = startOnlineAgents({ ...common, feeds });
  release('agents', agents.stop);
  const presence = startPresence({ ...common, agents });
  release('presence', presence.stop);
  services.onReconnect(feeds.reconcileNow, agents.reconcileNow, presence.reportNow);
  const reader = createQueueReader(common);
  const queueUpdates = startQueueUpdates({ ...common, agents, reader, sockets: () => sockets });
  release('queue updates', queueUpdates.stop);

  const health = createSystemHealth({ ...common, draining: () => sockets.draining });
  const sendMessage = createMessageSender(services.session);
  const typing = createTypingPublisher({ ...common, agents });
  const seen = createSeenPublisher({ ...common, agents, feeds });
  const features = { ...common, feeds, agents, presence, queueUpdates, health, sendMessage, typing, seen };
  const http = createHttpServer(features);
  const sockets = createSocketServer({
    ...features,
    http: http.server,
    adapter: redis.adapter,
    handlers: {
      ...customerEvents(features),
      ...agentEvents(features),
      ...supervisorEvents(features),
      ...typing.handlers,
      ...seen.handlers,
    },
    onQueue: queueUpdates.received,
    onGone: onDisconnected(features),
  });
  const endpoints = await services.bus.serve(gatewayApi, gatewayEndpoints({ ...features, sockets }));
  release('endpoints', endpoints.stop);
  const port = await http.listen();
  const inside = await serveHealth({ ...features, host: config.HEALTH_HOST, port: config.HEALTH_PORT });
  // Health is served while the sockets drain.
  release('health', inside.stop);
  release('sockets', () => sockets.stop(config.DRAIN_MS));
  log.info({ port, host: config.HOST, healthPort: inside.port }, 'listening');
  return { port };
}

if (import.meta.main)
  await runService({ name: 'gateway', config: gatewayConfig }, async (parts) => void (await startGateway(parts)));
