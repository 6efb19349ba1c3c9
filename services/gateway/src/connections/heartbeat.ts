const BEAT_MS = 1_000;

/** A client whose machine may die without a word. */
export interface Beating {
  /** Asks it for a sign of life; whatever it answers renews what `quietMs` counts from. */
  ask(): void;
}

/**
 * Asks clients for a sign of life every second. Socket.IO's own ping finds out a dead machine after 25 s, which is right
 * for customers, by the thousand; but a dead agent's chats must not stand still for so long. [Q3]
 */
export function startHeartbeat(clients: () => Iterable<Beating>): { stop(): void } {
  const timer = setInterval(() => {
    for (const client of clients()) client.ask();
  }, BEAT_MS);
  return { stop: () => clearInterval(timer) };
}

/** What of a WebSocket is needed to ask it for a sign of life without its program having to do anything. */
export interface Pingable {
  ping(): void;
  on(event: 'pong', listener: () => void): unknown;
}

/**
 * The pulse of one client. Over HTTP long-polling nothing can be asked between two polls, so it is taken for alive until
 * its connection ends.
 * @param webSocketNow the client's WebSocket; undefined while it has none
 */
export function createPulse(webSocketNow: () => Pingable | undefined, now: () => number = () => performance.now()) {
  let heardAt = now();
  let asked: Pingable | undefined;
  const heard = () => {
    heardAt = now();
  };
  return {
    ask(): void {
      const webSocket = webSocketNow();
      if (webSocket !== asked) {
        asked = webSocket;
        webSocket?.on('pong', heard);
        heard();
      }
      if (webSocket === undefined) heard();
      else webSocket.ping();
    },
    /** It has sent something. */
    heard,
    /** Since its last sign of life, in ms. */
    quietMs: () => now() - heardAt,
  };
}
