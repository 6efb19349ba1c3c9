import type { Subjects } from '@baton/contracts';
import { createAskAttendance } from '@baton/runtime';
import type { NatsConnection } from 'nats';
import type { Watches } from '../../delivery/feeds.ts';

/** A look is repeated before anybody is taken for away, so one that was too short does no harm. */
const ANSWERED_WITHIN_MS = 1_000;

/** Whether a gateway has the customer of a session; undefined when that cannot be known now. */
export type LookForCustomer = (sessionId: string) => Promise<boolean | undefined>;

/**
 * Asks this gateway, then all others. The gateway of the agent subscribes to the session itself, so nobody can tell at
 * once that the customer is nowhere: silence means it, provided that NATS answers.
 */
export function createLookForCustomer(options: {
  nats: NatsConnection;
  subjects: Subjects;
  watches: Pick<Watches, 'hasCustomer'>;
}): LookForCustomer {
  const { nats, watches } = options;
  const askAttendance = createAskAttendance(nats, options.subjects, ANSWERED_WITHIN_MS);
  const natsAnswers = async () => {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, ANSWERED_WITHIN_MS, false);
    });
    const answers = nats.flush().then(
      () => true,
      () => false,
    );
    const answered = await Promise.race([answers, tooLate]);
    clearTimeout(timer);
    return answered;
  };

  return async (sessionId) => {
    if (watches.hasCustomer(sessionId) || (await askAttendance(sessionId)) === 'here') return true;
    return (await natsAnswers()) ? watches.hasCustomer(sessionId) : undefined;
  };
}
