import { type Log, type Metrics, throttled } from '@baton/runtime';

const CHECK_MS = 500;

/** What one client's transport has not sent yet. */
export interface SendBuffer {
  id: string;
  unsentBytes(): number;
  /** Ends the transport without waiting for what is unsent. The client reconnects by itself. */
  cut(): void;
}

/**
 * [S3] The buffer of a client that does not read grows without bound. Above `maxBytes` the client is cut: it reconnects
 * and catches up from the log, at its own pace.
 */
export function watchSlowClients(options: {
  clients: () => Iterable<SendBuffer>;
  maxBytes: number;
  log: Log;
  metrics: Metrics;
}): { stop(): void } {
  const cut = options.metrics.counter('baton_slow_clients_cut_total', 'Clients cut because they read too slowly');
  const timer = setInterval(() => {
    for (const client of options.clients()) {
      const bytes = client.unsentBytes();
      if (bytes <= options.maxBytes) continue;
      throttled(options.log).warn(client.id, { socketId: client.id, bytes }, 'cut: the client reads too slowly');
      cut.inc();
      client.cut();
    }
  }, CHECK_MS);
  return { stop: () => clearInterval(timer) };
}

/** This much may still be unsent when a client is sent more of what it asked for. */
const DRAINED_BYTES = 131_072;
const MAX_WAIT_MS = 200;

/** [S6] Resolves when the client has read nearly all that it was sent, or is gone. */
export async function drained(client: SendBuffer, isConnected: () => boolean): Promise<void> {
  for (let wait = 4; isConnected() && client.unsentBytes() > DRAINED_BYTES; wait = Math.min(MAX_WAIT_MS, wait * 2))
    await new Promise((resolve) => setTimeout(resolve, wait));
}
