import type { Subjects } from '@baton/contracts';
import { ErrorCode, type NatsConnection, NatsError } from 'nats';

/** A gateway that has the customer answers within this time. */
export const ATTENDANCE_ANSWERED_WITHIN_MS = 2_000;

/**
 * `here`: a gateway has the customer on a socket. `nowhere`: no gateway subscribes to the session, which NATS tells at
 * once. `unknown`: nobody has answered in time; the gateway of an agent subscribes too, and has nothing to answer.
 */
export type Attendance = 'here' | 'nowhere' | 'unknown';

/** Asks all gateways whether they have the customer of a session. */
export type AskAttendance = (sessionId: string) => Promise<Attendance>;

export function createAskAttendance(
  nats: NatsConnection,
  subjects: Subjects,
  timeout = ATTENDANCE_ANSWERED_WITHIN_MS,
): AskAttendance {
  return async (sessionId) => {
    try {
      await nats.request(subjects.live(sessionId, 'attendance'), '{}', { timeout });
      return 'here';
    } catch (error) {
      return error instanceof NatsError && error.code === ErrorCode.NoResponders ? 'nowhere' : 'unknown';
    }
  };
}

/** Whether no gateway has the customer of a session on a socket. */
export type IsAway = (sessionId: string) => Promise<boolean>;

/** Only the absence of every subscriber counts; no answer in time says nothing. */
export function createIsAway(nats: NatsConnection, subjects: Subjects): IsAway {
  const ask = createAskAttendance(nats, subjects);
  return async (sessionId) => (await ask(sessionId)) === 'nowhere';
}
