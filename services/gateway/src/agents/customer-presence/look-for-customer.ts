import type { Subjects } from '@baton/contracts';
import { createAskAttendance } from '@baton/runtime';
import type { NatsConnection } from 'nats';
import type { Feeds } from '../../delivery/feeds.ts';

/** Every look is repeated before a customer counts as absent, so one that was too short does no harm. */
const ANSWERED_WITHIN_MS = 1_000;

/** Whether a gateway has the customer of a session; undefined when that cannot be known now. */
export type LookForCustomer = (sessionId: string) => Promise<boolean | undefined>;

/**
 * Asks this gateway, then all others. The agent's gateway subscribes to the session too, so NATS never reports at once
 * that nobody listens: silence means that the customer is absent, provided that NATS itself answers.
 */
export function createLookForCustomer(options: {
  nats: NatsConnection;
  subjects: Subjects;
  feeds: Pick<Feeds, 'hasCustomer'>;
}): LookForCustomer {
  const { nats, feeds } = options;
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
    if (feeds.hasCustomer(sessionId) || (await askAttendance(sessionId)) === 'here') return true;
    return (await natsAnswers()) ? feeds.hasCustomer(sessionId) : undefined;
  };
}
