import { type ClientEventName, type ErrorCode, type Refusal, refuse } from '@baton/contracts';
import { type Log, throttled } from '@baton/runtime';
import type { Connection, SignedInAgent } from '../connections/connection.ts';

/** What a connection may do: which events, by its side and keys, and which sessions, by what is its own. */

const openToStrangers: ReadonlySet<ClientEventName> = new Set(['agent:join', 'agent:resume']);

type Asking = Pick<Connection, 'identity' | 'entitled'>;
type Refused = Refusal<Extract<ErrorCode, 'FORBIDDEN' | 'UNAUTHENTICATED' | 'RATE_LIMITED'>> | undefined;

/**
 * The refusal when this connection may not use this event at all. Which sessions it may touch is up to the handler. The
 * first event decides whether a connection is a customer's or an agent's. Supervising is a separate right, which any
 * connection has by its key.
 */
export function refuseByRole(connection: Asking, event: ClientEventName): Refused {
  if (event.startsWith('customer:')) return refuseAsCustomer(connection);
  if (event.startsWith('agent:')) return refuseAsAgent(connection, event);
  if (event.startsWith('admin:')) return refuseAsSupervisor(connection);
  return undefined;
}

function refuseAsCustomer({ identity }: Asking): Refused {
  return identity.role === 'agent'
    ? refuse('FORBIDDEN', 'This connection belongs to an agent; customers use another.')
    : undefined;
}

function refuseAsAgent({ identity, entitled }: Asking, event: ClientEventName): Refused {
  if (identity.role === 'customer') return refuse('FORBIDDEN', 'This is for agents only.');
  if (!entitled.agent && entitled.locked) return tooManyGuesses();
  if (!entitled.agent)
    return refuse('UNAUTHENTICATED', 'The key for agents is missing or wrong; give it as auth.key when connecting.');
  if (identity.role === 'stranger' && !openToStrangers.has(event))
    return refuse('UNAUTHENTICATED', 'Send agent:join first.');
  return undefined;
}

/** [S1] What supervisors read spans all sessions, so a customer's connection needs the key like any other. */
function refuseAsSupervisor({ identity, entitled }: Asking): Refused {
  if (entitled.admin) return undefined;
  if (entitled.locked) return tooManyGuesses();
  const message =
    'The key for supervisors is missing or wrong; give it as auth.adminKey, or as auth.key, when connecting.';
  return refuse(identity.role === 'stranger' ? 'UNAUTHENTICATED' : 'FORBIDDEN', message);
}

const tooManyGuesses = () =>
  refuse('RATE_LIMITED', 'Too many wrong keys came from your network; wait some minutes and try again.');

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
