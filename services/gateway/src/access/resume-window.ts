import type { Session } from '@baton/contracts';
import type { GatewayConfig } from '../config.ts';

/** How long a page that lost the reply may repeat the request that started its session, or signed its agent in. */
const REPEAT_MS = 10 * 60_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

type Times = Pick<Session, 'createdAt' | 'closedAt'>;

/**
 * How long customers can come back to a session, and requests be repeated. Tokens are not stored, so none can be
 * revoked: each has an expiry, and every return is checked against the record of the session.
 */
export function createResumeWindow(
  config: Pick<GatewayConfig, 'RESUME_WITHIN_DAYS' | 'RESUME_ENDED_WITHIN_MINUTES'>,
  clock: () => number = Date.now,
) {
  /** No token of this session is valid after this time, however often its customer comes back. */
  const lastUntil = ({ createdAt }: Pick<Times, 'createdAt'>): number =>
    Date.parse(createdAt) + config.RESUME_WITHIN_DAYS * DAY_MS;
  return {
    lastUntil,
    /** Whether its customer may come back now; to a session that has ended, to read the end and to rate it. */
    isOpen(session: Times): boolean {
      const { closedAt } = session;
      const endedUntil =
        closedAt === null
          ? Number.POSITIVE_INFINITY
          : Date.parse(closedAt) + config.RESUME_ENDED_WITHIN_MINUTES * MINUTE_MS;
      return clock() < Math.min(lastUntil(session), endedUntil);
    },
    /** Whether a request made at this time may still be repeated: no page waits longer for the reply. [M2] */
    mayRepeat: (begunAt: string): boolean => clock() < Date.parse(begunAt) + REPEAT_MS,
  };
}
export type ResumeWindow = ReturnType<typeof createResumeWindow>;
