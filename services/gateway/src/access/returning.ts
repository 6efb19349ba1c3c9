import type { Session } from '@baton/contracts';
import type { GatewayConfig } from '../config.ts';

/** For how long a page that lost the answer may repeat what began its chat, or its agent's stay. */
const REPEAT_MS = 10 * 60_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

type Times = Pick<Session, 'createdAt' | 'closedAt'>;

/**
 * For how long people can come back, a customer to a chat first of all. Tokens are not stored, so none can be taken back: what bounds them
 * is the record of the chat, at every return, and the time written into each.
 */
export function createReturning(
  config: Pick<GatewayConfig, 'RESUME_WITHIN_DAYS' | 'RESUME_ENDED_WITHIN_MINUTES'>,
  clock: () => number = Date.now,
) {
  /** No token of this chat is good after this time, however often its customer has come back. */
  const lastUntil = ({ createdAt }: Pick<Times, 'createdAt'>): number =>
    Date.parse(createdAt) + config.RESUME_WITHIN_DAYS * DAY_MS;
  return {
    lastUntil,
    /** Whether its customer may come back now; to one that has ended, to read the end and to rate it. */
    isOpen(session: Times): boolean {
      const { closedAt } = session;
      const endedUntil =
        closedAt === null
          ? Number.POSITIVE_INFINITY
          : Date.parse(closedAt) + config.RESUME_ENDED_WITHIN_MINUTES * MINUTE_MS;
      return clock() < Math.min(lastUntil(session), endedUntil);
    },
    /** Whether what was begun at this time may still be repeated: later no page can be waiting for the answer. [M2] */
    mayRepeat: (begunAt: string): boolean => clock() < Date.parse(begunAt) + REPEAT_MS,
  };
}
export type Returning = ReturnType<typeof createReturning>;
