import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

/** Pieces that one message may come in. Each is a frame that is read, but none is told of before the last has come. */
const MAX_PIECES = 100;
/** Parts in which one frame may arrive from the network. */
const MAX_PARTS = 1_000;

/** Counts what was received, of any kind; false when that is too much. */
export type Meter = (bytes: number) => boolean;

/**
 * [S3] [S6] The WebSockets of Engine.IO, counted from their first frame on, before Engine.IO or Socket.IO see it. Below
 * events there are packets that are no events, frames that are no packets (pings), and pieces of frames: a limit on
 * events alone stops none of them. A connection that is over its limit is ended, and what else had come is not read.
 */
export function meteredWebSockets(options: {
  meterOf: (request: IncomingMessage) => Meter;
  onOver: (request: IncomingMessage) => void;
}) {
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
        const meter = options.meterOf(request);
        const count = (data: { length: number } | { byteLength: number }) => {
          if (meter('length' in data ? data.length : data.byteLength)) return;
          // The frames that have arrived behind this one are still read, but told to nobody.
          for (const event of ['message', 'ping', 'pong']) webSocket.removeAllListeners(event);
          webSocket.terminate();
          options.onOver(request);
        };
        // First of all listeners, as Engine.IO adds its own in `done`.
        webSocket.on('message', count);
        webSocket.on('ping', count);
        webSocket.on('pong', count);
        done(webSocket, request);
      });
    }
  };
}
