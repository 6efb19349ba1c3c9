import type { NatsConnection } from 'nats';

const TIMEOUT_MS = 1_000;

/**
 * Resolves when NATS has processed the subscriptions made so far, which takes a round trip, or after a second: then
 * reconciliation makes up for what is missed.
 */
export async function interestKnown(nats: NatsConnection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, TIMEOUT_MS);
  });
  await Promise.race([nats.flush().catch(() => {}), timeout]);
  clearTimeout(timer);
}
