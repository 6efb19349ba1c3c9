import { within } from '@baton/runtime';

/** One client to be moved to another gateway. */
export interface DrainingClient {
  tell(withinMs: number): void;
  /** From now on it may start nothing new. */
  beginDraining(): void;
  /** Resolves when none of its events is in progress. */
  settled(): Promise<void>;
  /** Writes what is still buffered, then closes the transport, so that the client reconnects by itself. */
  close(): void;
}

/** Every operation has its own timeout, and all are shorter than this. */
const SETTLE_TIMEOUT_MS = 12_000;

/**
 * [O1] Moves all clients to other gateways. Every client is told at once; connections then close one by one, spread
 * over `withinMs` so that the other gateways do not face a reconnect storm. A connection closes only after its events
 * in progress are acknowledged.
 */
export async function drain(clients: readonly DrainingClient[], withinMs: number): Promise<void> {
  for (const client of clients) client.tell(withinMs);
  await Promise.all(
    clients.map(async (client) => {
      await pause(Math.random() * withinMs);
      client.beginDraining();
      await within(SETTLE_TIMEOUT_MS, client.settled());
      client.close();
    }),
  );
}

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
