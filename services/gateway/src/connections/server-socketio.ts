import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import type { WaitingView } from '@baton/contracts';
import type { Log, Metrics } from '@baton/runtime';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import type { Entitlement } from '../access/keys.ts';
import type { ConnectionSlots } from '../access/limits/connection-slots.ts';
import type { Limits } from '../access/limits/limits.ts';
import type { TokenCheck } from '../access/verified-customers/check-token.ts';
import { createCustomerProof } from '../access/verified-customers/customer-proof.ts';
import type { GatewayConfig } from '../config.ts';
import type { OriginCheck } from '../http/origins.ts';
import type { PageCheck } from '../http/page-requests.ts';
import { sendBufferOf, webSocketOf, writeOnceATurn } from '../platform/engine-internals.ts';
import { createAdmission, type EngineConnection } from './admission.ts';
import type { Connection, TellAgents } from './connection.ts';
import { createDispatcher, type EventHandlers } from './dispatcher.ts';
import { type DrainingClient, drain } from './drain.ts';
import { createHeartbeat, startHeartbeats } from './heartbeat.ts';
import { endIdleConnections, type IdleCandidate } from './idle-connections.ts';
import { drained, watchSlowClients } from './slow-clients.ts';

/**
 * Every event that fits its schema is smaller: the largest has a text of control characters, which JSON escapes to six
 * characters each.
 */
const MAX_EVENT_BYTES = 131_072;
/** A dead connection is detected within their sum. */
const PING_INTERVAL_MS = 15_000;
const PING_TIMEOUT_MS = 10_000;
/** Clients get this long for the closing handshake of their WebSocket. */
const CLOSE_WITHIN_MS = 1_000;
const AGENTS_ROOM = 'agents';
/** Those of them that apply `queue:changes`. */
const CHANGES_ROOM = 'agents-changes';
/** By which gateways give each other the queue. */
const QUEUE = 'queue';

/** The only file that knows Socket.IO: sockets become connections, and what they send goes to the dispatcher. */
export function createSocketServer(options: {
  http: HttpServer;
  adapter: NonNullable<ServerOptions['adapter']>;
  handlers: EventHandlers;
  entitle: (auth: unknown, address: string) => Entitlement;
  checkCustomerToken: TokenCheck;
  originAllowed: OriginCheck;
  refusePage: PageCheck;
  addressOf: (request: IncomingMessage) => string;
  limits: Pick<Limits, 'connection' | 'visit' | 'mayConnect' | 'setup'>;
  slots: () => ConnectionSlots;
  /** Another gateway gives this one the queue. */
  onQueue: (given: unknown) => void;
  onGone: (connection: Connection) => void;
  config: Pick<GatewayConfig, 'IDLE_SECONDS' | 'MAX_SOCKET_BUFFER_BYTES'>;
  log: Log;
  metrics: Metrics;
}) {
  const { log, metrics } = options;
  const dispatcher = createDispatcher(options);
  const clients = new Map<string, Client>();
  let draining = false;

  const count = (role: Connection['identity']['role']) =>
    [...clients.values()].filter(({ connection }) => connection.identity.role === role).length;
  metrics.gaugeBy('baton_sockets', 'Sockets on this gateway', 'role', () => ({
    customer: count('customer'),
    agent: count('agent'),
    stranger: count('stranger'),
  }));

  const admission = createAdmission({ ...options, slots: options.slots(), draining: () => draining });
  const io = new Server(options.http, {
    adapter: options.adapter,
    allowRequest: admission.mayConnect,
    cors: ({ headers }, answer) =>
      answer(null, { origin: options.originAllowed(text(headers.origin), text(headers.host)) }),
    maxHttpBufferSize: MAX_EVENT_BYTES,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    connectTimeout: 10_000,
    serveClient: false,
    wsEngine: admission.wsEngine,
  });
  io.on(QUEUE, options.onQueue);
  admission.guard(io.engine as unknown as Parameters<typeof admission.guard>[0]);
  io.engine.on('connection_error', ({ code, message }: { code: number; message: string }) =>
    log.debug({ code, detail: message }, 'a connection was refused'),
  );

  io.on('connection', (socket) => {
    const heartbeat = createHeartbeat(() => webSocketOf(socket));
    const connection = connectionOf(
      socket,
      { address: options.addressOf(socket.request), limits: admission.limitsOf(socket.request) },
      options,
      heartbeat.quietMs,
    );
    clients.set(socket.id, { socket, connection, heartbeat, writeNow: writeOnceATurn(socket) });
    log.debug({ socketId: socket.id, address: connection.address }, 'connected');
    connection.emit('server:time', { now: new Date().toISOString() });
    socket.onAny((event: unknown, ...args: unknown[]) => {
      heartbeat.heard();
      dispatcher.receive(connection, event, args);
    });
    // On bytes that are not a Socket.IO packet the library closes the connection, and throws without a listener.
    socket.on('error', () => log.debug({ socketId: socket.id }, 'closed: it sent bytes that are not a packet'));
    socket.on('disconnect', (reason) => {
      connection.gone = true;
      connection.customer.stop();
      clients.delete(socket.id);
      log.debug({ socketId: socket.id, reason }, 'disconnected');
      options.onGone(connection);
    });
  });

  // Node forgets a WebSocket after its upgrade, and Engine.IO when it starts to close.
  const open = new Set<TcpSocket>();
  options.http.on('connection', (one) => {
    open.add(one);
    one.once('close', () => open.delete(one));
  });

  const slowClients = watchSlowClients({
    clients: function* () {
      for (const { socket } of clients.values()) yield sendBufferOf(socket);
    },
    maxBytes: options.config.MAX_SOCKET_BUFFER_BYTES,
    log,
    metrics,
  });
  const heartbeats = startHeartbeats(function* () {
    for (const { connection, heartbeat } of clients.values()) if (connection.identity.role === 'agent') yield heartbeat;
  });
  const idle = endIdleConnections({ connections: idleCandidates, idleMs: options.config.IDLE_SECONDS * 1_000 });
  function* idleCandidates(): Iterable<IdleCandidate> {
    const joined = new Set<IncomingMessage>();
    for (const { socket, connection, heartbeat } of clients.values()) {
      joined.add(socket.request);
      const inUse = connection.sessions.size > 0 || connection.identity.role === 'agent';
      yield { inUse, quietMs: heartbeat.quietMs(), end: () => socket.conn.close() };
    }
    // Connections without a socket: they left the namespace, or have not joined it yet.
    for (const one of admission.connections())
      if (!joined.has(one.request)) yield { inUse: false, quietMs: quietMsOf(one), end: () => one.close() };
  }
  const drainingClient = ({ socket, connection, writeNow }: Client): DrainingClient => ({
    tell: (withinMs) => connection.emit('server:draining', { withinMs }),
    beginDraining: () => {
      connection.draining = true;
    },
    settled: () => dispatcher.settled(connection),
    close: () => {
      writeNow();
      socket.conn.close();
    },
  });

  return {
    get draining() {
      return draining;
    },
    counts: () => ({ sockets: clients.size, customers: count('customer'), agents: count('agent') }),
    tellAgents: ((apply) => {
      const to = apply === 'changes' ? io.local.to(CHANGES_ROOM) : io.local.to(AGENTS_ROOM).except(CHANGES_ROOM);
      return (event, payload) => void to.emit(event, payload);
    }) satisfies TellAgents,
    /** Gives the queue to all other gateways. */
    tellGateways: (update: WaitingView) => void io.serverSideEmit(QUEUE, update),
    /** Accepts no new connections, moves the clients to other gateways, then closes. [O1] */
    async stop(withinMs: number): Promise<void> {
      draining = true;
      options.http.close();
      log.info({ sockets: clients.size, withinMs }, 'moving clients to other gateways');
      await drain([...clients.values()].map(drainingClient), withinMs);
      slowClients.stop();
      heartbeats.stop();
      idle.stop();
      // A dead machine does not answer the closing handshake; its WebSocket would wait half a minute for it.
      const cut = setTimeout(() => {
        for (const one of open) one.destroy();
      }, CLOSE_WITHIN_MS);
      await io.close();
      clearTimeout(cut);
      options.http.closeAllConnections();
    },
  };
}
export type SocketServer = ReturnType<typeof createSocketServer>;

function connectionOf(
  socket: Socket,
  from: Pick<Connection, 'address' | 'limits'>,
  {
    entitle,
    checkCustomerToken,
  }: {
    entitle: (auth: unknown, address: string) => Entitlement;
    checkCustomerToken: TokenCheck;
  },
  quietMs: Connection['quietMs'],
): Connection {
  let entitled = entitle(socket.handshake.auth, from.address);
  return {
    ...from,
    id: socket.id,
    get entitled() {
      // Keys that were not checked while their network was locked are checked after.
      if (entitled.locked) entitled = entitle(socket.handshake.auth, from.address);
      return entitled;
    },
    identity: { role: 'stranger' },
    customer: createCustomerProof({
      auth: socket.handshake.auth,
      check: checkCustomerToken,
      onExpired: () => socket.conn.close(),
    }),
    sessions: new Map(),
    resuming: new Map(),
    gone: false,
    draining: false,
    quietMs,
    emit: (event, payload) => void socket.emit(event, payload),
    drained: () => drained(sendBufferOf(socket), () => socket.connected),
    joinAgentsRoom: ({ queueChanges }) => void socket.join(queueChanges ? [AGENTS_ROOM, CHANGES_ROOM] : AGENTS_ROOM),
    leaveAgentsRoom() {
      for (const room of [AGENTS_ROOM, CHANGES_ROOM]) void socket.leave(room);
    },
    disconnect: () => void socket.disconnect(true),
  };
}

/** A socket on this gateway. */
interface Client {
  socket: Socket;
  connection: Connection;
  heartbeat: ReturnType<typeof createHeartbeat>;
  /** Writes at once what waits for the end of this turn. */
  writeNow: () => void;
}

/** Milliseconds since the connection was first seen without a socket. */
function quietMsOf(connection: EngineConnection): number {
  const since = aloneSince.get(connection) ?? performance.now();
  aloneSince.set(connection, since);
  return performance.now() - since;
}
const aloneSince = new WeakMap<EngineConnection, number>();

const text = (header: unknown): string | undefined => (typeof header === 'string' ? header : undefined);
