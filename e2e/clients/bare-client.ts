import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';

// A client of the guide reads what it gets as plain JSON; the tests assert its shape.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Received = any;

/**
 * A bare Socket.IO client, as any page would write it: it knows event names and nothing else. Keeps all it was sent.
 */
export function bareClient(url: string, auth: Record<string, string> = {}) {
  const socket: Socket = io(url, { transports: ['websocket'], forceNew: true, auth });
  const received: { event: string; payload: Received }[] = [];
  const asked: string[] = [];
  socket.onAny((event: string, payload: Received) => received.push({ event, payload }));

  const all = (event: string): Received[] => received.filter((one) => one.event === event).map((one) => one.payload);

  return {
    socket,
    received,
    all,
    emit: (event: string, payload?: unknown) =>
      void (payload === undefined ? socket.emit(event) : socket.emit(event, payload)),
    /** Sends and gives the acknowledgement. */
    ask(event: string, payload: unknown = {}): Promise<Received> {
      asked.push(event);
      return socket.timeout(20_000).emitWithAck(event, payload);
    },
    /** The events that were sent by `ask`. */
    asked,
    /** The first `event`, already here or still to come, that fits. */
    async until(
      event: string,
      fits: (payload: Received) => boolean = () => true,
      withinMs = 20_000,
    ): Promise<Received> {
      for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(10)) {
        const found = all(event).find(fits);
        if (found !== undefined) return found;
      }
      const seen = received
        .map((one) => `  ${one.event} ${String(JSON.stringify(one.payload)).slice(0, 200)}`)
        .join('\n');
      throw new Error(`no fitting ${event} within ${withinMs} ms; received:\n${seen}`);
    },
    close: () => void socket.disconnect(),
  };
}
export type BareClient = ReturnType<typeof bareClient>;
