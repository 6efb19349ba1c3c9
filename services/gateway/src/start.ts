import { createServer, type IncomingMessage } from 'node:http';
import { aiApi, gatewayApi, queueApi, sessionApi, subjects as subjectsOf } from '@baton/contracts';
import {
  closeNats,
  connectNats,
  createAnnouncer,
  createCaller,
  createHealth,
  type Parts,
  serve,
  serveHealth,
  startLoop,
  throttled,
  version,
} from '@baton/runtime';
import { createGuessGuard } from './access/guesses.ts';
import { createKeyCheck } from './access/keys.ts';
import { createLimits } from './access/limits/limits.ts';
import { createRoom } from './access/limits/room.ts';
import { createReturning } from './access/returning.ts';
import { createSourceOf } from './access/session-source.ts';
import { createTokens } from './access/tokens.ts';
import { createLookForCustomer } from './agents/customer-presence/look-for-customer.ts';
import { createDesk } from './agents/desk.ts';
import { startPresence } from './agents/presence.ts';
import { startWaitingList } from './agents/queue-view/queue-updates.ts';
import { agentEvents } from './agents/socket-events.ts';
import { followAgent, onQueueChanged } from './agents/subscriptions.ts';
import type { GatewayConfig } from './config.ts';
import type { Connection } from './connections/connection.ts';
import { createDispatcher } from './connections/dispatcher.ts';
import { gatewayEndpoints } from './connections/endpoints.ts';
import { createSocketServer } from './connections/server-socketio.ts';
import { customerPages } from './customers/log-pages.ts';
import { customerEvents } from './customers/socket-events.ts';
import { createCatchUpPace } from './delivery/catch-up/catch-up-pace.ts';
import { createWatches } from './delivery/feeds.ts';
import { seenEvents } from './delivery/seen-events.ts';
import { createSends } from './delivery/sends.ts';
import { typingEvents } from './delivery/typing-events.ts';
import { standBelow } from './http/base-path.ts';
import { createAddressOf, isProxy } from './http/client-address.ts';
import { createHostCheck, isLoopback } from './http/hosts.ts';
import { arrivalTimes, limitConnections } from './http/limit-connections.ts';
import { listen } from './http/listen.ts';
import { createOriginCheck } from './http/origins.ts';
import { createPageCheck } from './http/page-requests.ts';
import { APPS_FOLDER, createPages } from './http/pages.ts';
import { createRoutes } from './http/routes.ts';
import { createSystemHealth } from './http/system-health.ts';
import { connectAdapter } from './platform/adapter-redis.ts';
import { inBackground } from './platform/background.ts';
import { adminEvents } from './supervisors/socket-events.ts';

const COMPARE_MS = 4_000;

/** The gateway, part by part. What takes work in comes last, so that it is the first to stop. [O1] */
export async function startGateway(parts: Parts<GatewayConfig>): Promise<{ port: number }> {
  const { config, instance, log, metrics, release } = parts;
  if (!config.secretGiven)
    log.warn('SESSION_SECRET is not set: tokens are good at this gateway alone, and until it ends');
  if (!isLoopback(config.HOST) && (config.AGENT_KEY === undefined || config.ADMIN_KEY === undefined))
    log.warn({ host: config.HOST }, 'AGENT_KEY or ADMIN_KEY is not set: whoever reaches HOST may be what it is for');
  const subjects = subjectsOf(config.SUBJECT_ROOT);

  const afterReconnect: (() => void)[] = [];
  const nats = await connectNats({
    url: config.NATS_URL,
    caFile: config.NATS_CA_FILE,
    name: instance,
    log,
    onReconnect: () => {
      for (const compare of afterReconnect) compare();
    },
  });
  release('NATS', () => closeNats(nats));
  const session = createCaller(nats, sessionApi, subjects);
  const queue = createCaller(nats, queueApi, subjects);
  const ai = createCaller(nats, aiApi, subjects);
  const announcer = createAnnouncer(nats, subjects);
  const hearing = { nats, subjects, log };

  const redis = connectAdapter({
    url: config.REDIS_URL,
    password: config.REDIS_PASSWORD,
    caFile: config.REDIS_CA_FILE,
    prefix: config.REDIS_PREFIX,
    log,
  });
  release('Redis', redis.close);

  const pace = createCatchUpPace({ trusted: config.TRUSTED_NETWORKS });
  const watches = createWatches({ nats, subjects, session, pace, log, metrics });
  release('watches', watches.closeAll);
  const viewersLoop = startLoop({ name: 'viewers', everyMs: COMPARE_MS, log, run: watches.compareDue });
  release('comparing of viewers', viewersLoop.stop);

  const desk = createDesk({
    session,
    watches,
    lookForCustomer: createLookForCustomer({ nats, subjects, watches }),
    log,
    metrics,
    follow: (agentId, react) => followAgent(hearing, agentId, react),
  });
  const desksLoop = startLoop({ name: 'chats of agents', everyMs: COMPARE_MS, log, run: desk.compare });
  release('comparing of agents', desksLoop.stop);
  const presence = startPresence({ desk, queue, instance, graceMs: config.AGENT_GRACE_MS, log });
  release('presence', presence.stop);
  afterReconnect.push(() => inBackground(log, 'compare all', watches.compareAll()), desksLoop.kick, presence.reportNow);

  const tokens = createTokens(config.SESSION_SECRET);
  const returning = createReturning(config);
  const limits = createLimits(config);
  const sourceOf = createSourceOf(config.SESSION_SECRET, config.TRUSTED_NETWORKS);
  const sends = createSends(session);
  const proxies = { count: config.TRUSTED_PROXIES, networks: config.PROXY_NETWORKS };
  const addressOf = createAddressOf(proxies, log);
  const mayVisit = (request: IncomingMessage) => limits.visit(addressOf(request));
  const production = config.NODE_ENV === 'production';
  const originAllowed = createOriginCheck({ allowed: config.FRONTEND_URL, production });
  const hostAllowed = createHostCheck({ allowed: config.ALLOWED_HOSTS, production });
  const checkNats = () => nats.flush();
  const health = createSystemHealth({
    session,
    queue,
    ai,
    redis: redis.check,
    nats: checkNats,
    draining: () => sockets.draining,
  });

  const waitingList = startWaitingList({
    queue,
    session,
    agentsHere: () => desk.size,
    tellAll: (update) => sockets.tellAllAgents('queue:update', update),
    tellHere: (update) => sockets.tellAgentsHere('queue:update', update),
    log,
    metrics,
  });
  release('waiting list', waitingList.stop);
  release('hints of the queue', onQueueChanged(hearing, waitingList.changed));

  const typing = typingEvents({ desk, announcer, subjects });
  const seen = seenEvents({ desk, watches, announcer, subjects });
  const dispatcher = createDispatcher({
    handlers: {
      ...customerEvents({
        session,
        queue,
        watches,
        sends,
        typing,
        tokens,
        limits,
        returning,
        sourceOf,
        pages: customerPages({ session, pace }),
        log,
      }),
      ...agentEvents({
        ...{ session, queue, desk, presence, waitingList, sends, typing, tokens, returning, limits, log },
        botName: config.BOT_NAME,
      }),
      ...adminEvents({ session, queue, waitingList, health, log }),
      ...typing.handlers,
      ...seen.handlers,
    },
    log,
    metrics,
  });
  const onGone = (connection: Connection) => {
    typing.ended(connection);
    seen.ended(connection);
    for (const seat of connection.chats.values()) seat.leave();
    if (connection.identity.role !== 'agent') return;
    const leaving = connection.identity.duty.then(async (agent) => {
      if (agent && desk.depart(agent.agentId, connection)) await presence.left(agent.agentId, connection);
    });
    inBackground(log, 'take leave of an agent', leaving);
  };

  const wrongKeys = metrics.counter('baton_wrong_keys_total', 'Connections that showed a key which is none of ours');
  const pages = createPages({ apps: config.APPS_FOLDER ?? APPS_FOLDER, frameAncestors: config.FRONTEND_URL });
  const chat = { title: config.CHAT_TITLE, greeting: config.BOT_GREETING };
  const basePath = config.BASE_PATH;
  const http = createServer(
    arrivalTimes,
    createRoutes({
      health,
      metrics,
      open: !production,
      originAllowed,
      hostAllowed,
      pages,
      chat,
      basePath,
      mayVisit,
      log,
    }),
  );
  const trusted = config.TRUSTED_NETWORKS;
  const places = { places: config.MAX_CONNECTIONS, perAddress: config.ADDRESS_CONNECTIONS, trusted };
  const sockets = createSocketServer({
    http,
    adapter: redis.adapter,
    dispatcher,
    entitle: createKeyCheck({
      agent: config.AGENT_KEY,
      admin: config.ADMIN_KEY,
      guard: createGuessGuard(),
      onWrong: (address) => {
        wrongKeys.inc();
        throttled(log).warn(address, { address }, 'a wrong key was shown');
      },
    }),
    originAllowed,
    refusePage: createPageCheck({ originAllowed, hostAllowed }),
    addressOf,
    limits,
    room: createRoom(places),
    onGone,
    idleMs: config.IDLE_SECONDS * 1_000,
    maxBufferBytes: config.MAX_SOCKET_BUFFER_BYTES,
    log,
    metrics,
  });
  // A browser opens some connections for a page besides the one that it keeps.
  const wires = { places: 2 * places.places, perAddress: 2 * places.perAddress, trusted };
  limitConnections(http, {
    wires: createRoom(wires),
    requests: createRoom(wires),
    isProxy: (peer) => isProxy(peer, proxies),
    addressOf,
    onRefused: (address) => throttled(log).warn(address, { address }, 'refused: too many connections'),
  });
  standBelow(http, basePath);
  const endpoints = await serve({
    nats,
    api: gatewayApi,
    handlers: gatewayEndpoints({
      instance,
      sockets,
      watches,
      health: createHealth({ instance, essential: { nats: checkNats }, optional: { redis: redis.check } }),
    }),
    subjects,
    version,
    log,
    metrics,
  });
  release('endpoints', endpoints.stop);
  const port = await listen(http, config.HOST, config.PORT);
  const inside = await serveHealth({ host: config.HEALTH_HOST, port: config.HEALTH_PORT, health, metrics, log });
  // Told while it drains, too.
  release('health', inside.stop);
  release('sockets', () => sockets.stop(config.DRAIN_MS));
  log.info({ port, host: config.HOST, healthPort: inside.port }, 'listening');
  return { port };
}
