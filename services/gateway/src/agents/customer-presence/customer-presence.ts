/** A reload, or a change of network, is over within this time. */
export const AWAY_AFTER_MS = 3_000;

/**
 * [M6] What an agent is told of the presence of one customer. Hints make it fast and may be lost, as with a gateway that
 * is killed: `compare` asks again and again. Only an absence that was seen twice, some time apart, counts.
 */
export interface CustomerPresenceView {
  /** A socket of the customer has come to some gateway. */
  arrived(): void;
  /** A gateway has lost its last socket of the customer; another may have one. */
  left(): void;
  compare(): Promise<void>;
  stop(): void;
}

export function openCustomerPresence(options: {
  /** Whether a gateway has the customer; undefined when that cannot be known now. */
  look: () => Promise<boolean | undefined>;
  /** Called for the first finding and for every change. */
  tell: (present: boolean) => void;
}): CustomerPresenceView {
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
  /** An arrival while it was looked says more than what was seen. */
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
    compare: () => look(lookAgain),
    stop() {
      stopped = true;
      clearTimeout(secondLook);
    },
  };
}
