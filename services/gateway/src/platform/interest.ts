import type { NatsConnection } from 'nats';

const PATIENCE_MS = 1_000;

/**
 * Resolves when NATS has taken up the subscriptions made so far, which takes a round trip. When it does not answer, a
 * comparing loop makes up for what is missed, so nobody waits for it for long.
 */
export async function interestKnown(nats: NatsConnection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([nats.flush().catch(() => {}), patience]);
  clearTimeout(timer);
}
