import type { AckOf, ClientEventName, ClientEvents } from '@baton/contracts';
import { io } from 'socket.io-client';
import { newId } from '../platform/environment.ts';
import { CONNECT_MS, LASTS_MS, RECONNECT } from './timing.ts';
import type { Incoming, Transport, TransportListener } from './transport.ts';

const WEBSOCKET_FIRST = ['websocket', 'polling'];
/** Then a WebSocket is tried beside it, and what hangs there holds up nobody. */
const POLLING_FIRST = ['polling', 'websocket'];

/** Where a browser tells that its network came or went; nothing elsewhere. */
interface Window {
  addEventListener?(event: 'online' | 'offline', listener: () => void): void;
  removeEventListener?(event: 'online' | 'offline', listener: () => void): void;
}

/**
 * Socket.IO, as WebSocket at once and by long polling only where that does not work: so gateways behind a proxy need no
 * sticky sessions for those who can. A WebSocket that is refused is given up at once, one that hangs after some
 * seconds; what polls and fails tries the WebSocket first again, as that may be for want of sticky sessions. Nothing is
 * sent while there is no connection: what waits is the outbox's business.
 */
export function socketIoTransport(options: {
  url?: string | undefined;
  key?: string | undefined;
  /** A try to connect has failed, for this reason; another follows by itself. */
  unreachable?: (why: string) => void;
}): Transport {
  const { url, key } = options;
  const settings = {
    autoConnect: false,
    forceNew: true,
    transports: [...WEBSOCKET_FIRST],
    tryAllTransports: true,
    timeout: CONNECT_MS,
    reconnectionDelay: RECONNECT.first,
    reconnectionDelayMax: RECONNECT.most,
    randomizationFactor: 0.5,
    ...(key !== undefined && { auth: { key } }),
  };
  const { at, path } = url === undefined ? {} : placeOf(url);
  const whole = { ...settings, ...(path !== undefined && { path }) };
  const socket = at === undefined ? io(whole) : io(at, whole);
  // Only the two functions are asked for, and they may be missing.
  const window = globalThis as Window;
  const connectAnew = () => {
    socket.disconnect();
    socket.connect();
  };
  let pollsFirst = false;
  const pollFirst = (first: boolean) => {
    pollsFirst = first;
    // The library puts what it has made of them in their place.
    socket.io.opts.transports = [...(first ? POLLING_FIRST : WEBSOCKET_FIRST)];
  };
  let stopWaiting: () => void = () => {};
  let connectedAt = 0;
  /** Both ends may agree on a connection that carries nothing from here to there. */
  const awaitAnswer = () => {
    stopWaiting();
    const timer = setTimeout(() => {
      pollFirst(!pollsFirst);
      connectAnew();
    }, CONNECT_MS);
    stopWaiting = () => clearTimeout(timer);
  };
  const watchTransports = () => {
    socket.io.on('open', awaitAnswer);
    socket.on('connect', () => {
      stopWaiting();
      connectedAt = performance.now();
      const { engine } = socket.io;
      engine.once('upgrade', () => pollFirst(false));
    });
    socket.on('connect_error', ({ message }) => {
      stopWaiting();
      if (pollsFirst) pollFirst(false);
      else if (message === 'timeout') pollFirst(true);
    });
    socket.on('disconnect', () => {
      stopWaiting();
      if (pollsFirst && performance.now() - connectedAt < LASTS_MS) pollFirst(false);
    });
  };
  const leave = () => {
    socket.removeAllListeners();
    // By name: the library listens there itself.
    socket.io.off('open', awaitAnswer);
    socket.offAny();
  };
  const networkIsBack = () => {
    // Instead of waiting for the next try.
    if (!socket.connected) connectAnew();
  };
  /*
   * A dead connection looks like a quiet one until the next ping is missed, up to 45 s later. A new one tells at once:
   * it fails, or it works, as to a server on this machine, which needs no network.
   */
  const networkIsGone = () => {
    if (socket.connected) connectAnew();
  };

  return {
    open(listener: TransportListener) {
      leave();
      watchTransports();
      socket.on('connect', () => listener.up());
      socket.on('connect_error', ({ message }) => options.unreachable?.(message));
      socket.on('disconnect', (reason) => listener.down(reason === 'io server disconnect'));
      // The gateway speaks the contract; readers ignore unknown events and fields.
      socket.onAny((event: string, payload: unknown) => listener.received({ event, payload } as Incoming));
      window.addEventListener?.('online', networkIsBack);
      window.addEventListener?.('offline', networkIsGone);
      socket.connect();
    },
    request(event, payload, timeoutMs) {
      return request(event, payload, timeoutMs);
    },
    close() {
      window.removeEventListener?.('online', networkIsBack);
      window.removeEventListener?.('offline', networkIsGone);
      stopWaiting();
      leave();
      socket.disconnect();
    },
  };

  function request<Name extends ClientEventName>(event: Name, payload: unknown, timeoutMs: number) {
    return new Promise<AckOf<ClientEvents[Name]>>((resolve) => {
      if (!socket.connected)
        return void resolve({ ok: false, code: 'UNAVAILABLE', message: 'There is no connection.' });
      socket
        .timeout(timeoutMs)
        .emit(event, traced(event, payload), (error: Error | null, reply: AckOf<ClientEvents[Name]>) => {
          resolve(error === null ? reply : { ok: false, code: 'TIMEOUT', message: 'No answer came in time.' });
        });
    });
  }
}

/**
 * What a person does begins a trace, which the acknowledgement and every service's logs name. Notifications are not
 * traced.
 */
function traced(event: ClientEventName, payload: unknown): unknown {
  if (!/^(customer|agent):/.test(event)) return payload;
  return { ...(payload as object), traceparent: `00-${hex()}-${hex().slice(16)}-01` };
}
const hex = () => newId().replaceAll('-', '');

/** Below a path of a site everything of a gateway is. The library takes a path for the name of a room. */
function placeOf(url: string): { at: string; path?: string } {
  try {
    const { origin, pathname } = new URL(url);
    const folder = pathname.replace(/\/$/, '');
    return folder === '' || origin === 'null' ? { at: url } : { at: origin, path: `${folder}/socket.io` };
  } catch {
    return { at: url };
  }
}
