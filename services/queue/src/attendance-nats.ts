import type { Subjects } from '@baton/contracts';
import { ErrorCode, type NatsConnection, NatsError } from 'nats';
import { ANSWER_WITHIN_MS, type IsAway } from './attendance.ts';

/**
 * Asks whoever listens to the session. Only the absence of every listener counts, which NATS tells at once; no answer
 * in time says nothing.
 */
export function createIsAway(nats: NatsConnection, subjects: Subjects): IsAway {
  return async (sessionId) => {
    try {
      await nats.request(subjects.live(sessionId, 'attendance'), '{}', { timeout: ANSWER_WITHIN_MS });
      return false;
    } catch (error) {
      return error instanceof NatsError && error.code === ErrorCode.NoResponders;
    }
  };
}
