import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { ConnectionLimits } from '../access/limits/limits.ts';

/** Pieces that one message may come in. Each is a frame that is read, but none is told of before the last has come. */
const MAX_PIECES = 100;
/** Parts in which one frame may arrive from the network. */
const MAX_PARTS = 1_000;
/** Messages of one network address that are handled before others have had their turn. */
const MAX_IN_A_TURN = 8;

/**
 * [S3] [S6] The WebSockets of Engine.IO, counted from their first frame on, before Engine.IO or Socket.IO see it. Below
 * events there are packets that are no events, frames that are no packets (pings), and pieces of frames: a limit on
 * events alone stops none of them. A connection that is over its limit is ended, and what else had come is not read.
 *
 * Hundreds of small messages arrive in one read. They are handled some at a time, with a turn of the event loop between,
 * and nothing more is read meanwhile; so a burst within the limits holds nobody up either.
 */
export function meteredWebSockets(options: {
  limitsOf: (request: IncomingMessage) => Pick<ConnectionLimits, 'network' | 'packet'>;
  onOver: (request: IncomingMessage) => void;
}) {
  const mayNow = createTurns();
  return class extends WebSocketServer {
    constructor(own: ServerOptions) {
      super({ ...own, maxFragments: MAX_PIECES, maxBufferedChunks: MAX_PARTS });
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

/** What else happens to it stands behind what has arrived before. */
const IN_ORDER = new Set<string | symbol>(['message', 'close']);
const COUNTED = new Set<string | symbol>(['message', 'ping', 'pong']);

function meter(
  webSocket: WebSocket,
  options: { within: (bytes: number) => boolean; mayNow: () => boolean; onOver: () => void },
): void {
  // Whoever listens is told by this one function, so it is where something can be counted, and wait, before that.
  const tell = webSocket.emit.bind(webSocket);
  let waiting: Parameters<typeof tell>[] = [];
  let isOver = false;
  // A client may say goodbye right behind what it has sent. The answer waits for that to be handled: once a WebSocket is
  // closing nothing can be written to it, and Engine.IO takes a write that fails for the end of the connection.
  const close = webSocket.close.bind(webSocket);
  let goodbye: Parameters<typeof close> | undefined;
  webSocket.close = (...told: Parameters<typeof close>) => {
    if (waiting.length === 0) close(...told);
    else goodbye ??= told;
  };
  const goOn = () => {
    while (waiting.length > 0 && options.mayNow()) {
      const [next] = waiting.splice(0, 1);
      if (next !== undefined) tell(...next);
    }
    if (waiting.length > 0) return void setImmediate(goOn);
    webSocket.resume();
    if (goodbye !== undefined) close(...goodbye);
  };
  webSocket.emit = (...told: Parameters<typeof tell>) => {
    const [event, data] = told;
    if (isOver && event !== 'close' && event !== 'error') return false;
    if (COUNTED.has(event) && !options.within((data as Buffer).length)) {
      isOver = true;
      waiting = [];
      webSocket.terminate();
      options.onOver();
      return false;
    }
    if (!IN_ORDER.has(event)) return tell(...told);
    if (waiting.length === 0 && (event !== 'message' || options.mayNow())) return tell(...told);
    if (waiting.push(told) === 1) {
      webSocket.pause();
      setImmediate(goOn);
    }
    return true;
  };
}

/** Whether one more may be handled in this turn of the event loop, by network. */
function createTurns(): (network: string) => boolean {
  const taken = new Map<string, number>();
  return (network) => {
    if (taken.size === 0) setImmediate(() => taken.clear());
    const count = (taken.get(network) ?? 0) + 1;
    taken.set(network, count);
    return count <= MAX_IN_A_TURN;
  };
}
