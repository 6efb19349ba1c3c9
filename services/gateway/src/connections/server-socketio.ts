import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Socket as Wire } from 'node:net';
import type { Log, Metrics } from '@baton/runtime';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import type { Entitlement } from '../access/keys.ts';
import type { Limits } from '../access/limits/limits.ts';
import type { Room } from '../access/limits/room.ts';
import type { OriginCheck } from '../http/origins.ts';
import type { PageCheck } from '../http/page-requests.ts';
import type { Connection } from './connection.ts';
import type { Dispatcher } from './dispatcher.ts';
import { drain, type Leaver } from './drain.ts';
import type { Emit } from './emit.ts';
import { createEntrance, type EngineConnection } from './entrance-engineio.ts';
import { createPulse, type Pingable, startHeartbeat } from './heartbeat.ts';
import { endIdleConnections, type Idler } from './idle-connections.ts';
import { drained, type Outbox, watchSlowClients } from './slow-clients.ts';

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
  limits: Pick<Limits, 'connection' | 'visit' | 'mayConnect'>;
  room: Room;
  onGone: (connection: Connection) => void;
  maxBufferBytes: number;
  /** A connection that holds no chat, and is no agent's, is ended after this long without a word. */
  idleMs: number;
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

  const entrance = createEntrance({ ...options, draining: () => draining });
  const io = new Server(options.http, {
    adapter: options.adapter,
    allowRequest: entrance.mayConnect,
    cors: ({ headers }, answer) =>
      answer(null, { origin: options.originAllowed(text(headers.origin), text(headers.host)) }),
    maxHttpBufferSize: MAX_EVENT_BYTES,
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    connectTimeout: 10_000,
    serveClient: false,
    wsEngine: entrance.wsEngine,
  });
  entrance.guard(io.engine as unknown as Parameters<typeof entrance.guard>[0]);
  io.engine.on('connection_error', ({ code, message }: { code: number; message: string }) =>
    log.debug({ code, detail: message }, 'a connection was refused'),
  );

  io.on('connection', (socket) => {
    const pulse = createPulse(() => webSocketOf(socket));
    const connection = connectionOf(
      socket,
      { address: options.addressOf(socket.request), limits: entrance.limitsOf(socket.request) },
      options.entitle,
      pulse.quietMs,
    );
    here.set(socket.id, { socket, connection, pulse, writeNow: writeOnceATurn(socket) });
    log.debug({ socketId: socket.id, address: connection.address }, 'connected');
    connection.emit('server:time', { now: new Date().toISOString() });
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
  const idle = endIdleConnections({ connections: idlers, idleMs: options.idleMs });
  function* idlers(): Iterable<Idler> {
    const joined = new Set<IncomingMessage>();
    for (const { socket, connection, pulse } of here.values()) {
      joined.add(socket.request);
      const hasPurpose = connection.chats.size > 0 || connection.identity.role === 'agent';
      yield { hasPurpose, quietMs: pulse.quietMs(), end: () => socket.conn.close() };
    }
    // Those that have left, or not joined yet, for which the library has a limit of its own.
    for (const one of entrance.connections())
      if (!joined.has(one.request)) yield { hasPurpose: false, quietMs: quietMsOf(one), end: () => one.close() };
  }
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
      idle.stop();
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
    returning: new Map(),
    gone: false,
    leaving: false,
    quietMs,
    emit: (event, payload) => void socket.emit(event, payload),
    drained: () => drained(outboxOf(socket), () => socket.connected),
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

/** Since it was first seen without a socket. */
function quietMsOf(connection: EngineConnection): number {
  const since = aloneSince.get(connection) ?? performance.now();
  aloneSince.set(connection, since);
  return performance.now() - since;
}
const aloneSince = new WeakMap<EngineConnection, number>();

const text = (header: unknown): string | undefined => (typeof header === 'string' ? header : undefined);
