import { type Refusal, refuse } from '@baton/contracts';
import { type Log, throttled } from '@baton/runtime';
import type { Connection, SignedInAgent } from '../connections/connection.ts';

/** The agent of this connection. Waits for a join in progress, so that a client may send events right behind it. */
export async function agentOf(connection: Connection): Promise<SignedInAgent | undefined> {
  return connection.identity.role === 'agent' ? connection.identity.agent : undefined;
}

/**
 * [S1] Whether this customer's socket may use the session. Events sent right behind a resume wait for its outcome: a
 * token alone does not prove that the session may still be opened.
 */
export const mayUse = ({ sessions, resuming }: Connection, sessionId: string): boolean | Promise<boolean> =>
  sessions.has(sessionId) && (resuming.get(sessionId) ?? true);

/** Tells which sessions are assigned to an agent of this gateway. */
export interface Assignments {
  isAssigned(agentId: string, sessionId: string): boolean;
}

/** [S1] Which side of the session this connection is on; undefined when it may not touch the session. */
export async function participantIn(
  connection: Connection,
  sessionId: string,
  agents: Assignments,
): Promise<{ sender: 'agent'; name: string } | { sender: 'user'; name?: never } | undefined> {
  const agent = await agentOf(connection);
  if (agent !== undefined)
    return agents.isAssigned(agent.agentId, sessionId) ? { sender: 'agent', name: agent.name } : undefined;
  return (await mayUse(connection, sessionId)) ? { sender: 'user' } : undefined;
}

/** [S1] One refusal for a session that does not exist and for somebody else's, decided without a lookup. */
export const notFound = (): Refusal<'NOT_FOUND'> => refuse('NOT_FOUND', 'There is no such chat.', 'sessionId');

/**
 * [S1] One refusal to agents for a session that neither waits nor is assigned to them, and for one that does not exist.
 * Who claimed a session first is not a secret: it was offered to every agent. [C4]
 */
export const notOffered = (): Refusal<'NOT_FOUND'> =>
  refuse('NOT_FOUND', 'No such chat is waiting for an agent.', 'sessionId');

/** Tokens cannot be guessed, so nobody is locked out for a wrong one: an expired token looks the same. */
export function logWrongToken(log: Log, { address }: Connection): void {
  throttled(log).warn(address, { address }, 'a token was invalid or expired');
}
