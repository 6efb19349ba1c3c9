import { type Refusal, refuse } from '@baton/contracts';
import { type Log, throttled } from '@baton/runtime';
import type { Connection, OnDuty } from '../connections/connection.ts';

/** The agent of this connection. Waits for a join that is under way, so that events may be sent right behind it. */
export async function onDuty(connection: Connection): Promise<OnDuty | undefined> {
  return connection.identity.role === 'agent' ? connection.identity.duty : undefined;
}

/**
 * [S1] Whether this socket holds the chat. What a client sends right behind the event that takes a chat up waits for its
 * outcome: a token alone is no proof that the chat may still be opened.
 */
export const holds = ({ chats, returning }: Connection, sessionId: string): boolean | Promise<boolean> =>
  chats.has(sessionId) && (returning.get(sessionId) ?? true);

/** [S1] The same for a chat that is not there and for one that is somebody else's, decided without looking for it. */
export const notFound = (): Refusal<'NOT_FOUND'> => refuse('NOT_FOUND', 'There is no such chat.', 'sessionId');

/**
 * [S1] What an agent is told of a chat that is neither waiting nor its own, and of one that is not there. Who has a chat
 * that another agent took is told all the same, as it was offered to everybody. [C4]
 */
export const notOffered = (): Refusal<'NOT_FOUND'> =>
  refuse('NOT_FOUND', 'No such chat is waiting for an agent.', 'sessionId');

/** A token cannot be guessed, so nobody is closed out for it: one that is too old, or of another secret, looks the same. */
export function noteWrongToken(log: Log, { address }: Connection): void {
  throttled(log).warn(address, { address }, 'a token was shown that is none of ours, or too old');
}
