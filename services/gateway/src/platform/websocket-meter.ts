import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { ConnectionLimits } from '../access/limits/limits.ts';

/** Fragments of one message. Each is a frame that was read, but no event is emitted before the last one. */
const MAX_FRAGMENTS = 100;
/** Chunks in which one frame may arrive from the network. */
const MAX_CHUNKS = 1_000;
/** Messages of one network that are handled in one turn of the event loop. */
const MAX_IN_A_TURN = 8;

/**
 * [S3] [S6] Counts what the WebSockets of Engine.IO receive, from their first frame on, before Engine.IO or Socket.IO
 * sees it. A limit on events alone would not stop packets that are not events, frames that are not packets (pings) or
 * fragments of frames. A connection over its limit is terminated, and what else it sent is not read.
 *
 * Hundreds of small messages arrive in one read. Only a few are handled in each turn of the event loop, and reading is
 * paused meanwhile, so that a burst within the limits delays nobody else.
 */
export function meteredWebSockets(options: {
  limitsOf: (request: IncomingMessage) => Pick<ConnectionLimits, 'network' | 'packet'>;
  onOver: (request: IncomingMessage) => void;
}) {
  const mayNow = createTurns();
  return class extends WebSocketServer {
    constructor(own: ServerOptions) {
      super({ ...own, maxFragments: MAX_FRAGMENTS, maxBufferedChunks: MAX_CHUNKS });
    }

    override handleUpgrade(
      request: IncomingMessage,
      wire: Duplex,
      head: Buffer,
      done: (webSocket: WebSocket, request: IncomingMessage) => void,
    ): void {
      super.handleUpgrade(request, wire, head, (webSocket) => {
        const limits = options.limitsOf(request);
        meter(webSocket, {
          within: (bytes) => limits.packet(bytes),
          mayNow: () => mayNow(limits.network),
          onOver: () => options.onOver(request),
        });
        done(webSocket, request);
      });
    }
  };
}

/** Events that keep their order behind messages that wait. */
const IN_ORDER = new Set<string | symbol>(['message', 'close']);
const COUNTED = new Set<string | symbol>(['message', 'ping', 'pong']);

function meter(
  webSocket: WebSocket,
  options: { within: (bytes: number) => boolean; mayNow: () => boolean; onOver: () => void },
): void {
  // Every listener is called through `emit`, so this is the place to count messages and make them wait.
  const emit = webSocket.emit.bind(webSocket);
  let waiting: Parameters<typeof emit>[] = [];
  let isOver = false;
  // A client may close right behind what it sent. The close waits until that is handled: a closing WebSocket accepts no
  // writes, and Engine.IO treats a failed write as the end of the connection.
  const close = webSocket.close.bind(webSocket);
  let pendingClose: Parameters<typeof close> | undefined;
  webSocket.close = (...args: Parameters<typeof close>) => {
    if (waiting.length === 0) close(...args);
    else pendingClose ??= args;
  };
  const goOnReading = () => {
    while (waiting.length > 0 && options.mayNow()) {
      const [next] = waiting.splice(0, 1);
      if (next !== undefined) emit(...next);
    }
    if (waiting.length > 0) return void setImmediate(goOnReading);
    webSocket.resume();
    if (pendingClose !== undefined) close(...pendingClose);
  };
  webSocket.emit = (...args: Parameters<typeof emit>) => {
    const [event, data] = args;
    if (isOver && event !== 'close' && event !== 'error') return false;
    if (COUNTED.has(event) && !options.within((data as Buffer).length)) {
      isOver = true;
      waiting = [];
      webSocket.terminate();
      options.onOver();
      return false;
    }
    if (!IN_ORDER.has(event)) return emit(...args);
    if (waiting.length === 0 && (event !== 'message' || options.mayNow())) return emit(...args);
    if (waiting.push(args) === 1) {
      webSocket.pause();
      setImmediate(goOnReading);
    }
    return true;
  };
}

/** Whether one more message of this network may be handled in this turn of the event loop. */
function createTurns(): (network: string) => boolean {
  const taken = new Map<string, number>();
  return (network) => {
    if (taken.size === 0) setImmediate(() => taken.clear());
    const count = (taken.get(network) ?? 0) + 1;
    taken.set(network, count);
    return count <= MAX_IN_A_TURN;
  };
}
