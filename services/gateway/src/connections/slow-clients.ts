import { type Log, type Metrics, throttled } from '@baton/runtime';

const LOOK_MS = 500;

/** A client's transport, as far as its unsent bytes are concerned. */
export interface Outbox {
  id: string;
  unsentBytes(): number;
  /** Ends the transport without waiting for what is unsent. The client connects again by itself. */
  cut(): void;
}

/**
 * [S3] What is sent to a client that does not read piles up here without limit. One whose pile is too high is cut: it
 * comes back and catches up from the record, at its own pace.
 */
export function watchSlowClients(options: {
  clients: () => Iterable<Outbox>;
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
  }, LOOK_MS);
  return { stop: () => clearInterval(timer) };
}

/** So much may still be on its way when a client is sent more of what it has asked for. */
const DRAINED_BYTES = 131_072;
const LONGEST_LOOK_MS = 200;

/** [S6] Resolves when the client has read nearly all that it was sent, or is gone. */
export async function drained(client: Outbox, isThere: () => boolean): Promise<void> {
  for (let wait = 4; isThere() && client.unsentBytes() > DRAINED_BYTES; wait = Math.min(LONGEST_LOOK_MS, wait * 2))
    await new Promise((resolve) => setTimeout(resolve, wait));
}
