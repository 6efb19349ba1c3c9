import type { IncomingMessage } from 'node:http';
import { type Log, type Metrics, throttled } from '@baton/runtime';
import type { ServerOptions } from 'socket.io';
import type { ConnectionSlots } from '../access/limits/connection-slots.ts';
import type { ConnectionLimits, Limits } from '../access/limits/limits.ts';
import type { PageCheck } from '../http/page-requests.ts';
import { meterPolling, type PollingTransport } from '../platform/polling-meter.ts';
import { meteredWebSockets } from '../platform/websocket-meter.ts';

/** An accepted request becomes a connection within a few turns of the event loop, if it does. */
const BECOMES_CONNECTION_WITHIN_MS = 10_000;

/** A connection of Engine.IO, which carries sockets of Socket.IO, one after the other. */
export interface EngineConnection {
  request: IncomingMessage;
  transport: PollingTransport;
  once(event: 'close', listener: () => void): void;
  close(discard?: boolean): void;
}

/** Engine.IO's server, as far as its connections are concerned. */
interface Engine {
  clients: Record<string, EngineConnection>;
  use(middleware: (request: IncomingMessage, response: unknown, next: (error?: Error) => void) => void): void;
  on(event: 'connection', listener: (connection: EngineConnection) => void): void;
}

/**
 * [S3] [S6] Admission control in front of Socket.IO: who may connect, how many at once, and how much a connection may
 * send. All of it is checked before any received data is decoded.
 */
export function createAdmission(options: {
  limits: Pick<Limits, 'connection' | 'visit' | 'mayConnect' | 'setup'>;
  slots: ConnectionSlots;
  addressOf: (request: IncomingMessage) => string;
  refusePage: PageCheck;
  draining: () => boolean;
  log: Log;
  metrics: Metrics;
}) {
  const { limits, slots, addressOf, log, metrics } = options;
  const flooded = metrics.counter('baton_floods_cut_total', 'Connections cut because they sent too much');
  const refused = metrics.counter('baton_connections_refused_total', 'Connections refused because there were too many');
  let clients: Engine['clients'] = {};
  /** Keyed by the first request of each connection, which identifies it. */
  const limitsByRequest = new WeakMap<IncomingMessage, ConnectionLimits>();
  const releaseByRequest = new WeakMap<IncomingMessage, () => void>();
  /** First requests from addresses that have made too many. */
  const tooOften = new WeakSet<IncomingMessage>();

  const limitsOf = (request: IncomingMessage): ConnectionLimits => {
    const sid = sidOf(request);
    const first = sid === undefined ? request : (clients[sid]?.request ?? request);
    const known = limitsByRequest.get(first) ?? limits.connection(addressOf(first));
    limitsByRequest.set(first, known);
    return known;
  };
  const onFlood = (request: IncomingMessage) => {
    flooded.inc();
    limitsOf(request).cut();
    const address = addressOf(request);
    throttled(log).warn(address, { address }, 'cut: a connection sent too much');
  };

  const mayConnect: NonNullable<ServerOptions['allowRequest']> = (request, answer) => {
    if (options.draining()) return answer('This server is stopping; connect again.', false);
    const refusal = options.refusePage(request);
    if (refusal !== undefined) return answer(refusal, false);
    if (tooOften.has(request)) return answer('Too many connections; slow down.', false);
    const address = addressOf(request);
    if (!limits.mayConnect(address)) {
      refused.inc();
      return answer('Too many connections of your network sent too much; wait some seconds.', false);
    }
    const release = slots.take(address);
    if (release === undefined) {
      refused.inc();
      throttled(log).warn(address, { address, connections: slots.taken }, 'refused: too many connections');
      return answer('There are too many connections from your network, or in all; try again later.', false);
    }
    const setUp = () => {
      releaseByRequest.set(request, release);
      // It may never become a connection: it closes at once, or speaks another version of the protocol.
      setTimeout(() => releaseByRequest.get(request)?.(), BECOMES_CONNECTION_WITHIN_MS).unref();
      answer(null, true);
    };
    const waits = limits.setup(address);
    if (waits === undefined) return setUp();
    // Node takes its own listener off a socket before the upgrade, and an error without a listener ends the process.
    request.socket.on('error', ignore);
    void waits.then(() => {
      request.socket.off('error', ignore);
      if (!request.socket.destroyed && !options.draining()) return setUp();
      release();
      answer('This server is stopping; connect again.', false);
    });
  };

  return {
    mayConnect,
    limitsOf,
    wsEngine: meteredWebSockets({ limitsOf, onOver: onFlood }),
    guard(engine: Engine): void {
      clients = engine.clients;
      // The library calls `mayConnect` for the first request of a connection only, and answers a refusal with its text.
      // The requests that follow name the connection by `sid`.
      engine.use((request, _, next) => {
        const mayVisit = limits.visit(addressOf(request));
        if (sidOf(request) === undefined) {
          if (!mayVisit) tooOften.add(request);
          return next();
        }
        const refusal = options.refusePage(request);
        const within = mayVisit && limitsOf(request).packet(0);
        next(refusal === undefined && within ? undefined : new Error(refusal ?? 'Too many requests; slow down.'));
      });
      engine.on('connection', (connection) => {
        const { transport, request } = connection;
        const release = releaseByRequest.get(request);
        releaseByRequest.delete(request);
        if (release !== undefined) connection.once('close', release);
        if (transport.name !== 'polling') return;
        const cut = () => {
          onFlood(request);
          connection.close(true);
        };
        meterPolling(transport, limitsOf(request).packet, cut);
      });
    },
    /** All connections, also those without a socket. */
    connections: (): EngineConnection[] => Object.values(clients),
  };
}

/** What became of the socket is asked when its turn has come. */
const ignore = () => {};

const sidOf = (request: IncomingMessage): string | undefined =>
  new URL(request.url ?? '', 'http://gateway').searchParams.get('sid') ?? undefined;
