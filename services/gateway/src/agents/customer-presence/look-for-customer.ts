import { channels } from '@baton/contracts';
import type { Bus } from '@baton/runtime';
import type { Feeds } from '../../delivery/feeds.ts';

/** Every look is repeated before a customer counts as absent, so one that was too short does no harm. */
const TIMEOUT_MS = 1_000;

/** Whether a gateway has the customer of a session; undefined when that cannot be known now. */
export type LookForCustomer = (sessionId: string) => Promise<boolean | undefined>;

/**
 * Asks this gateway, then all others. The agent's gateway subscribes to the session too, so NATS never reports at once
 * that nobody listens: silence means that the customer is absent, provided that NATS itself answers.
 */
export function createLookForCustomer(options: {
  bus: Pick<Bus, 'ask' | 'answersWithin'>;
  feeds: Pick<Feeds, 'hasCustomer'>;
}): LookForCustomer {
  const { bus, feeds } = options;
  const ask = (sessionId: string) =>
    bus.ask(channels.live.attendance, { session: sessionId }, {}, { timeoutMs: TIMEOUT_MS });
  return async (sessionId) => {
    if (feeds.hasCustomer(sessionId) || (await ask(sessionId)) === 'answered') return true;
    return (await bus.answersWithin(TIMEOUT_MS)) ? feeds.hasCustomer(sessionId) : undefined;
  };
}
