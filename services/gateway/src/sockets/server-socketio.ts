import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Socket as Wire } from 'node:net';
import { type Log, type Metrics, throttled } from '@baton/runtime';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import type { OriginCheck } from '../http/origins.ts';
import type { PageCheck } from '../http/page-requests.ts';
import type { Entitlement } from '../identity/keys.ts';
import type { ConnectionLimits, Limits } from '../limits/limits.ts';
import type { Connection } from './connection.ts';
import type { Dispatcher } from './dispatcher.ts';
import { drain, type Leaver } from './drain.ts';
import type { Emit } from './emit.ts';
import { createPulse, type Pingable, startHeartbeat } from './heartbeat.ts';
import { meterPolling, type PollingTransport } from './metered-polling.ts';
import { meteredWebSockets } from './metered-websockets.ts';
import { type Outbox, watchSlowClients } from './slow-clients.ts';

/**
 * Every event that fits its schema fits in here: the largest is one whose text is all control characters, which JSON
 * writes as six characters each.
 */
const MAX_EVENT_BYTES = 131_072;
/** A dead connection is noticed within their sum. */
const PING_INTERVAL_MS = 15_000;
const PING_TIMEOUT_MS = 10_000;
/** What clients are given to join in the closing of their connection. */
const CLOSE_WITHIN_MS = 1_000;
const AGENTS_ROOM = 'agents';

/** The only file that knows Socket.IO: sockets become connections, and what they send goes to the dispatcher. */
export function createSocketServer(options: {
  http: HttpServer;
  adapter: NonNullable<ServerOptions['adapter']>;
  dispatcher: Dispatcher;
  entitle: (auth: unknown, address: string) => Entitlement;
  originAllowed: OriginCheck;
  refusePage: PageCheck;
  addressOf: (request: IncomingMessage) => string;
  limits: Pick<Limits, 'connection' | 'visit'>;
  onGone: (connection: Connection) => void;
  maxBufferBytes: number;
  log: Log;
  metrics: Metrics;
}) {
  const { log, metrics, dispatcher } = options;
  const here = new Map<string, Here>();
  let draining = false;

  const count = (role: Connection['identity']['role']) =>
    [...here.values()].filter(({ connection }) => connection.identity.role === role).length;
  metrics.gaugeBy('baton_sockets', 'Sockets on this gateway', 'role', () => ({
    customer: count('customer'),
    agent: count('agent'),
    stranger: count('stranger'),
  }));

  const flooded = metrics.counter('baton_floods_cut_total', 'Connections cut because they sent too much');
  /** By the first request of each connection. */
  const limitsByRequest = new WeakMap<IncomingMessage, ConnectionLimits>();
  const limitsOf = (request: IncomingMessage): ConnectionLimits => {
    const sid = sidOf(request);
    const first = sid === undefined ? request : (clients()[sid]?.request ?? request);
    const known = limitsByRequest.get(first) ?? options.limits.connection(options.addressOf(first));
    limitsByRequest.set(first, known);
    return known;
  };
  const onFlood = (request: IncomingMessage) => {
    flooded.inc();
    const address = options.addressOf(request);
    throttled(log).warn(address, { address }, 'cut: a connection sent too much');
  };

  const mayConnect: NonNullable<ServerOptions['allowRequest']> = (request, answer) => {
    if (draining) return answer('This server is stopping; connect again.', false);
    const refusal = options.refusePage(request);
    if (refusal !== undefined) return answer(refusal, false);
    if (tooMany.has(request)) return answer('Too many connections; slow down.', false);
    answer(null, true);
  };
  /** Requests that are more than their address may make. */
  const tooMany = new WeakSet<IncomingMessage>();
  const io = new Server(options.http, {
    adapter: options.adapter,
    allowRequest: mayConnect,
    cors: ({ headers }, answer) =>
      answer(null, { origin: options.originAllowed(text(headers.origin), text(headers.host)) }),
    maxHttpBufferSize: MAX_EVENT_BYTES,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    connectTimeout: 10_000,
    serveClient: false,
    wsEngine: meteredWebSockets({ meterOf: (request) => limitsOf(request).packet, onOver: onFlood }),
  });
  const clients = (): Record<string, EngineSocket> =>
    (io.engine as unknown as { clients: Record<string, EngineSocket> }).clients;
  // The library asks `allowRequest` at the first request of a connection only, and refuses there in words. The requests
  // that follow name the connection by `sid`.
  io.engine.use((request: IncomingMessage, _: unknown, next: (error?: Error) => void) => {
    const mayVisit = options.limits.visit(options.addressOf(request));
    if (sidOf(request) === undefined) {
      if (!mayVisit) tooMany.add(request);
      return next();
    }
    const refusal = options.refusePage(request);
    const within = mayVisit && limitsOf(request).packet(0);
    next(refusal === undefined && within ? undefined : new Error(refusal ?? 'Too many requests; slow down.'));
  });
  io.engine.on('connection', (engineSocket: EngineSocket) => {
    const { transport, request } = engineSocket;
    if (transport.name !== 'polling') return;
    const cut = () => {
      onFlood(request);
      engineSocket.close(true);
    };
    meterPolling(transport, limitsOf(request).packet, cut);
  });
  io.engine.on('connection_error', ({ code, message }: { code: number; message: string }) =>
    log.debug({ code, detail: message }, 'a connection was refused'),
  );

  io.on('connection', (socket) => {
    const pulse = createPulse(() => webSocketOf(socket));
    const connection = connectionOf(
      socket,
      { address: options.addressOf(socket.request), limits: limitsOf(socket.request) },
      options.entitle,
      pulse.quietMs,
    );
    here.set(socket.id, { socket, connection, pulse, writeNow: writeOnceATurn(socket) });
    log.debug({ socketId: socket.id, address: connection.address }, 'connected');
    socket.onAny((event: unknown, ...args: unknown[]) => {
      pulse.heard();
      dispatcher.receive(connection, event, args);
    });
    // Bytes that are no Socket.IO packet: the library closes the connection, and would throw if nobody listened.
    socket.on('error', () => log.debug({ socketId: socket.id }, 'closed: it sent what is no packet'));
    socket.on('disconnect', (reason) => {
      connection.gone = true;
      here.delete(socket.id);
      log.debug({ socketId: socket.id, reason }, 'disconnected');
      options.onGone(connection);
    });
  });

  // WebSockets that are being closed are known to nobody else.
  const wires = new Set<Wire>();
  options.http.on('connection', (wire) => {
    wires.add(wire);
    wire.once('close', () => wires.delete(wire));
  });

  const slowClients = watchSlowClients({
    clients: function* () {
      for (const { socket } of here.values()) yield outboxOf(socket);
    },
    maxBytes: options.maxBufferBytes,
    log,
    metrics,
  });
  const heartbeat = startHeartbeat(function* () {
    for (const { connection, pulse } of here.values()) if (connection.identity.role === 'agent') yield pulse;
  });
  const leaverOf = ({ socket, connection, writeNow }: Here): Leaver => ({
    tell: (withinMs) => connection.emit('server:draining', { withinMs }),
    beginLeaving: () => {
      connection.leaving = true;
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
    counts: () => ({ sockets: here.size, customers: count('customer'), agents: count('agent') }),
    /** To the agents of every gateway. */
    tellAllAgents: ((event, payload) => void io.to(AGENTS_ROOM).emit(event, payload)) satisfies Emit,
    /** To the agents of this gateway. */
    tellAgentsHere: ((event, payload) => void io.local.to(AGENTS_ROOM).emit(event, payload)) satisfies Emit,
    /** Takes no new connections, moves the present ones elsewhere, then closes. [O1] */
    async stop(withinMs: number): Promise<void> {
      draining = true;
      options.http.close();
      log.info({ sockets: here.size, withinMs }, 'moving clients to other gateways');
      await drain([...here.values()].map(leaverOf), withinMs);
      slowClients.stop();
      heartbeat.stop();
      // A client whose machine is dead does not join in closing, for which its WebSocket would wait half a minute.
      const cut = setTimeout(() => {
        for (const wire of wires) wire.destroy();
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
  entitle: (auth: unknown, address: string) => Entitlement,
  quietMs: Connection['quietMs'],
): Connection {
  let entitled = entitle(socket.handshake.auth, from.address);
  return {
    ...from,
    id: socket.id,
    get entitled() {
      // Keys that were not looked at are when their network may show some again.
      if (entitled.locked) entitled = entitle(socket.handshake.auth, from.address);
      return entitled;
    },
    identity: { role: 'stranger' },
    chats: new Map(),
    gone: false,
    leaving: false,
    quietMs,
    emit: (event, payload) => void socket.emit(event, payload),
    joinAgentsRoom: () => void socket.join(AGENTS_ROOM),
    leaveAgentsRoom: () => void socket.leave(AGENTS_ROOM),
    dismiss: () => void socket.disconnect(true),
  };
}

/** A socket on this gateway. */
interface Here {
  socket: Socket;
  connection: Connection;
  pulse: ReturnType<typeof createPulse>;
  /** Writes what waits for the end of this turn. */
  writeNow: () => void;
}

/** What the libraries below keep for themselves, but which nothing else tells: how much is unsent, and when it is sent. */
interface TransportInside {
  flush(): void;
  writeBuffer?: { data?: string | Uint8Array }[];
  transport: { socket?: Pingable & { readyState: number; bufferedAmount: number; terminate(): void } };
}

/** Its WebSocket, if it is open and not being set up or closed. */
function webSocketOf(socket: Socket): Pingable | undefined {
  const webSocket = (socket.conn as unknown as TransportInside).transport.socket;
  return webSocket?.readyState === OPEN ? webSocket : undefined;
}
/** Of a WebSocket, by its standard. */
const OPEN = 1;

/**
 * What a client is sent in one turn of the event loop leaves in one write: its acknowledgement together with the entry,
 * and the entries of a batch together. A write costs more than all that leads to it. What is returned writes at once.
 */
function writeOnceATurn(socket: Socket): () => void {
  const inside = socket.conn as unknown as TransportInside;
  const wire = socket.conn.request.socket;
  const flush = inside.flush.bind(socket.conn);
  let due = false;
  inside.flush = () => {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      wire.cork();
      flush();
      wire.uncork();
    });
  };
  return flush;
}

function outboxOf(socket: Socket): Outbox {
  const inside = socket.conn as unknown as TransportInside;
  return {
    id: socket.id,
    unsentBytes() {
      const waiting = inside.writeBuffer?.reduce((sum, { data }) => sum + (data?.length ?? 0), 0) ?? 0;
      return waiting + (inside.transport.socket?.bufferedAmount ?? 0);
    },
    cut() {
      // A WebSocket's own close would wait for the client to read what is before it.
      if (inside.transport.socket) inside.transport.socket.terminate();
      else socket.conn.close(true);
    },
  };
}

/** A connection of Engine.IO, which Socket.IO's sockets share and follow each other on. */
interface EngineSocket {
  request: IncomingMessage;
  transport: PollingTransport;
  close(discard: boolean): void;
}

const sidOf = (request: IncomingMessage): string | undefined =>
  new URL(request.url ?? '', 'http://gateway').searchParams.get('sid') ?? undefined;

const text = (header: unknown): string | undefined => (typeof header === 'string' ? header : undefined);
