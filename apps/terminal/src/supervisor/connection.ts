import {
  type AckOf,
  type ClientEventName,
  type ClientEvents,
  type ClientToServer,
  type PayloadInputOf,
  refuse,
  type ServerEvents,
  type ServerToClient,
} from '@baton/contracts';
import { io, type Socket } from 'socket.io-client';

/** One connection to Baton: questions with answers, and what the server says by itself. */
export interface Link {
  /** Asks and waits. Never throws: without a connection or an answer it gives a refusal like any other. */
  ask<Name extends ClientEventName>(
    event: Name,
    payload: PayloadInputOf<ClientEvents[Name]>,
  ): Promise<AckOf<ClientEvents[Name]>>;
  readonly socket: Socket<ServerToClient<ServerEvents>, ClientToServer<ClientEvents>>;
  readonly connected: boolean;
  close(): void;
}

export interface LinkEvents {
  /** Connected, for the first time or again. */
  onUp?: () => void;
  /** Lost; it comes back by itself. */
  onDown?: () => void;
  /** Could not connect, in words; tried again. Told once until it has worked again. */
  onUnreachable?: (why: string) => void;
}

const ANSWER_TIMEOUT_MS = 12_000;
/** The server has closed this connection on purpose, so coming back at once would be unwelcome. */
const AFTER_DISMISSAL_MS = 2_000;

/**
 * Connects, and reconnects for ever. `key` is what entitles agents and supervisors where the installation asks for it.
 */
export function createConnection(url: string, key: string | undefined, events: LinkEvents = {}): Link {
  const socket: Link['socket'] = io(url, {
    transports: ['websocket', 'polling'],
    forceNew: true,
    autoConnect: false,
    reconnectionDelay: 300,
    reconnectionDelayMax: 3_000,
    ...(key !== undefined && { auth: { key } }),
  });
  let told = false;
  let closed = false;
  let dismissed: NodeJS.Timeout | undefined;

  socket.on('connect', () => {
    told = false;
    events.onUp?.();
  });
  socket.on('disconnect', (reason) => {
    if (closed) return;
    events.onDown?.();
    if (reason === 'io server disconnect') dismissed = setTimeout(() => socket.connect(), AFTER_DISMISSAL_MS);
  });
  socket.on('connect_error', (error) => {
    if (!told) events.onUnreachable?.(error.message);
    told = true;
    // Refused by the server itself: the client library does not try again by itself.
    if (!socket.active && !closed) dismissed = setTimeout(() => socket.connect(), AFTER_DISMISSAL_MS);
  });
  socket.connect();

  return {
    socket,
    get connected() {
      return socket.connected;
    },
    async ask<Name extends ClientEventName>(event: Name, payload: PayloadInputOf<ClientEvents[Name]>) {
      // While the connection is down the library would keep the packet and send it before we have come back to our
      // chat.
      if (!socket.connected) return refuse('UNAVAILABLE', 'Not connected.');
      try {
        // The library's types do not follow generic event names; the contract's do.
        const asking = socket.timeout(ANSWER_TIMEOUT_MS) as unknown as {
          emitWithAck(event: string, payload: unknown): Promise<AckOf<ClientEvents[Name]>>;
        };
        return await asking.emitWithAck(event, payload);
      } catch {
        return refuse('TIMEOUT', 'No answer from the server.');
      }
    },
    close() {
      closed = true;
      clearTimeout(dismissed);
      socket.close();
    },
  };
}
