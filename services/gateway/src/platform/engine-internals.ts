import type { Socket as Wire } from 'node:net';
import type { Socket } from 'socket.io';
import type { Pingable } from '../connections/heartbeat.ts';
import type { SendBuffer } from '../connections/slow-clients.ts';

/**
 * What Engine.IO keeps private and nothing public tells: how much is unsent, when it is written, and which WebSocket
 * carries it. Seen in engine.io 6.6; the tests of slow clients, writes and heartbeats fail when it changes.
 */
interface EngineInternals {
  flush(): void;
  writeBuffer?: { data?: string | Uint8Array }[];
  transport: { socket?: Pingable & { readyState: number; bufferedAmount: number; terminate(): void } };
}

const internalsOf = (socket: Socket) => socket.conn as unknown as EngineInternals;

/** `WebSocket.OPEN`. */
const OPEN = 1;

/** The WebSocket of a socket while it is open: neither being set up nor closing. */
export function webSocketOf(socket: Socket): Pingable | undefined {
  const webSocket = internalsOf(socket).transport.socket;
  return webSocket?.readyState === OPEN ? webSocket : undefined;
}

/**
 * Everything that a client is sent in one turn of the event loop leaves in one system call: an acknowledgement with its
 * entry, or all entries of a batch. A write costs more than all the work that leads to it.
 * @returns writes at once
 */
export function writeOnceATurn(socket: Socket): () => void {
  const internals = internalsOf(socket);
  const wire: Wire = socket.conn.request.socket;
  const flush = internals.flush.bind(socket.conn);
  let due = false;
  internals.flush = () => {
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

export function sendBufferOf(socket: Socket): SendBuffer {
  const internals = internalsOf(socket);
  return {
    id: socket.id,
    unsentBytes() {
      const waiting = internals.writeBuffer?.reduce((sum, { data }) => sum + (data?.length ?? 0), 0) ?? 0;
      return waiting + (internals.transport.socket?.bufferedAmount ?? 0);
    },
    cut() {
      // A WebSocket's own close would wait for the client to read what was sent before.
      if (internals.transport.socket) internals.transport.socket.terminate();
      else socket.conn.close(true);
    },
  };
}
