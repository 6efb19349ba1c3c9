const HEARTBEAT_MS = 1_000;

/** A client whose machine may die silently. */
export interface HeartbeatClient {
  /** Asks for a sign of life; any answer resets `quietMs`. */
  ask(): void;
}

/**
 * Asks clients for a sign of life every second. Socket.IO's own ping detects a dead machine after 25 s, which is right
 * for thousands of customers, but the sessions of a dead agent must not stand still for so long. [Q3]
 */
export function startHeartbeats(clients: () => Iterable<HeartbeatClient>): { stop(): void } {
  const timer = setInterval(() => {
    for (const client of clients()) client.ask();
  }, HEARTBEAT_MS);
  return { stop: () => clearInterval(timer) };
}

/** The part of a WebSocket that answers without any code of the client's program. */
export interface Pingable {
  ping(): void;
  on(event: 'pong', listener: () => void): unknown;
}

/**
 * The heartbeat of one client. An HTTP long-polling client cannot be asked between two polls, so it counts as alive
 * until its connection ends.
 * @param webSocketNow the client's WebSocket; undefined while it has none
 */
export function createHeartbeat(webSocketNow: () => Pingable | undefined, now: () => number = () => performance.now()) {
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
    /** The client has sent something. */
    heard,
    /** Milliseconds since the last sign of life. */
    quietMs: () => now() - heardAt,
  };
}
