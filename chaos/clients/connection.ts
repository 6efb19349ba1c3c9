import { io, type Socket } from 'socket.io-client';

/** What a client reads of what it is sent: plain JSON, as for any program that knows the event names only. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Received = any;

export type Reply = { ok: true; value: Received } | { ok: false; code: string };
/** Unknown outcome: the connection was lost, or no reply came. */
export const LOST = 'LOST';

/** After so long without an answer a client gives the connection up and tries another gateway. */
const TIMEOUT_MS = 6_000;
const CONNECT_WITHIN_MS = 2_500;

/** One Socket.IO connection to one gateway. */
export interface Connection {
  readonly up: boolean;
  readonly at: string;
  /** Sends and gives the acknowledgement, or LOST. Never throws. */
  ask(event: string, payload?: unknown): Promise<Reply>;
  /** Reads nothing from the network for so long, as a phone in a tunnel. */
  stopReading(ms: number): void;
  /** Ends it without a word, as when the network goes. */
  cut(): void;
}

/** Connects to one of the gateways; undefined when that did not succeed. */
export async function connect(
  url: string,
  on: { event: (event: string, payload: Received) => void; down: () => void },
): Promise<Connection | undefined> {
  const socket: Socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    timeout: CONNECT_WITHIN_MS,
  });
  const connected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('connect_error', () => resolve(false));
    setTimeout(() => resolve(false), CONNECT_WITHIN_MS);
  });
  if (!connected) {
    socket.removeAllListeners();
    socket.disconnect();
    return undefined;
  }
  const waiting = new Set<(reply: Reply) => void>();
  let up = true;
  const end = () => {
    if (!up) return;
    up = false;
    socket.removeAllListeners();
    socket.offAny();
    socket.disconnect();
    for (const answer of waiting) answer({ ok: false, code: LOST });
    waiting.clear();
    on.down();
  };
  socket.onAny((event: string, payload: Received) => {
    if (up) on.event(event, payload);
  });
  socket.once('disconnect', end);
  const raw = (): { pause(): void; resume(): void; destroy(): void } | undefined =>
    // The websocket's TCP socket, which no public interface gives.
    (socket.io.engine as Received)?.transport?.ws?._socket;
  return {
    get up() {
      return up;
    },
    at: url,
    ask: (event, payload = {}) =>
      new Promise((resolve) => {
        if (!up) return resolve({ ok: false, code: LOST });
        const answer = (reply: Reply) => {
          clearTimeout(timer);
          waiting.delete(answer);
          resolve(reply);
        };
        const timer = setTimeout(() => {
          answer({ ok: false, code: LOST });
          end();
        }, TIMEOUT_MS);
        waiting.add(answer);
        socket.emit(event, payload, (reply: Received) => {
          if (!waiting.has(answer)) return;
          answer(reply?.ok === true ? reply : { ok: false, code: String(reply?.code ?? 'NO_CODE') });
        });
      }),
    stopReading(ms) {
      const tcp = raw();
      tcp?.pause();
      setTimeout(() => tcp?.resume(), ms);
    },
    cut() {
      raw()?.destroy();
      end();
    },
  };
}
