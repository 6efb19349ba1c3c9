import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { ConnectionLimits } from '../access/limits/limits.ts';

/** Fragments of one message. Each is a frame that was read, but no event is emitted before the last one. */
const MAX_FRAGMENTS = 100;
/** Chunks in which one frame may arrive from the network. */
const MAX_CHUNKS = 1_000;

/**
 * [S3] [S6] Counts what the WebSockets of Engine.IO receive, from their first frame on, before Engine.IO or Socket.IO
 * sees it. A limit on events alone would not stop packets that are not events, frames that are not packets (pings) or
 * fragments of frames. A connection over its limit is terminated, and what else it sent is not read.
 *
 * Hundreds of small messages arrive in one read. Each waits for its turn, and reading is paused meanwhile, so that a
 * burst within the limits delays nobody else.
 */
export function meteredWebSockets(options: {
  limitsOf: (request: IncomingMessage) => Pick<ConnectionLimits, 'packet' | 'turn'>;
  onOver: (request: IncomingMessage) => void;
}) {
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
          turn: () => limits.turn(),
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
  options: { within: (bytes: number) => boolean; turn: () => Promise<void> | undefined; onOver: () => void },
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
  /** @param turn of the first that waits */
  const goOn = async (turn: Promise<void>) => {
    await turn;
    for (let [next] = waiting; next !== undefined; [next] = waiting) {
      emit(...next);
      waiting.shift();
      if (waiting[0]?.[0] === 'message') await options.turn();
    }
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
    if (waiting.length > 0) return waiting.push(args) > 0;
    const turn = event === 'message' ? options.turn() : undefined;
    if (turn === undefined) return emit(...args);
    waiting.push(args);
    webSocket.pause();
    void goOn(turn);
    return true;
  };
}
