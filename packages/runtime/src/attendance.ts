import type { Subjects } from '@baton/contracts';
import { ErrorCode, type NatsConnection, NatsError } from 'nats';

/** A gateway that has the customer answers within this time. */
export const ATTENDANCE_ANSWERED_WITHIN_MS = 2_000;

/** Whether no gateway has the customer of a session on a socket. */
export type IsAway = (sessionId: string) => Promise<boolean>;

/**
 * Asks whoever listens to the session. Only the absence of every listener counts, which NATS tells at once; no answer
 * in time says nothing.
 */
export function createIsAway(nats: NatsConnection, subjects: Subjects): IsAway {
  const timeout = ATTENDANCE_ANSWERED_WITHIN_MS;
  return async (sessionId) => {
    try {
      await nats.request(subjects.live(sessionId, 'attendance'), '{}', { timeout });
      return false;
    } catch (error) {
      return error instanceof NatsError && error.code === ErrorCode.NoResponders;
    }
  };
}
