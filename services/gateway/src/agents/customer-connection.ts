import { channels } from '@baton/contracts';
import type { Bus } from '@baton/runtime';
import type { Feeds } from '../delivery/feeds.ts';

/** Every look is repeated before a customer counts as absent, so one that was too short does no harm. */
const LOOK_TIMEOUT_MS = 1_000;

/** A reload, or a change of network, is over within this time. */
export const AWAY_AFTER_MS = 3_000;

/**
 * [M6] What an agent is told about whether one customer is connected. Notifications make it fast and may be lost, as
 * when a gateway is killed, so `reconcile` asks periodically. A customer counts as absent only when seen absent twice,
 * some time apart.
 */
export interface CustomerConnection {
  /** A socket of the customer connected to some gateway. */
  arrived(): void;
  /** A gateway lost its last socket of the customer; another gateway may have one. */
  left(): void;
  reconcile(): Promise<void>;
  stop(): void;
}

export function openCustomerConnection(options: {
  /** Whether a gateway has the customer; undefined when that cannot be known now. */
  look: () => Promise<boolean | undefined>;
  /** Called for the first finding and for every change. */
  tell: (present: boolean) => void;
}): CustomerConnection {
  let told: boolean | undefined;
  let secondLook: NodeJS.Timeout | undefined;
  let arrivals = 0;
  let stopped = false;

  const conclude = (present: boolean) => {
    if (present) {
      clearTimeout(secondLook);
      secondLook = undefined;
    }
    if (told === present) return;
    told = present;
    options.tell(present);
  };
  /** An arrival during the look is newer than what the look found. */
  const look = async (absent: () => void) => {
    const before = arrivals;
    const present = await options.look();
    if (stopped || present === undefined || before !== arrivals) return;
    if (present) conclude(true);
    else absent();
  };
  const lookAgain = () => {
    if (told === false) return;
    secondLook ??= setTimeout(() => {
      secondLook = undefined;
      void look(() => conclude(false));
    }, AWAY_AFTER_MS);
  };

  return {
    arrived() {
      arrivals += 1;
      conclude(true);
    },
    left: lookAgain,
    reconcile: () => look(lookAgain),
    stop() {
      stopped = true;
      clearTimeout(secondLook);
    },
  };
}

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
    bus.ask(channels.live.attendance, { session: sessionId }, {}, { timeoutMs: LOOK_TIMEOUT_MS });
  return async (sessionId) => {
    if (feeds.hasCustomer(sessionId) || (await ask(sessionId)) === 'answered') return true;
    return (await bus.answersWithin(LOOK_TIMEOUT_MS)) ? feeds.hasCustomer(sessionId) : undefined;
  };
}
