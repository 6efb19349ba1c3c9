import { type ClientEventName, type ErrorCode, type Refusal, refuse } from '@baton/contracts';
import type { Connection } from '../connections/connection.ts';

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
