import { type ClientEventName, type ErrorCode, type Refusal, refuse } from '@baton/contracts';
import type { Connection } from '../sockets/connection.ts';

const openToStrangers: ReadonlySet<ClientEventName> = new Set(['agent:join', 'agent:resume']);

/** Whether this connection may use this event at all; the refusal if not. What it may touch is its handler's business. */
export function refuseByRole(
  connection: Pick<Connection, 'identity' | 'entitled'>,
  event: ClientEventName,
): Refusal<Extract<ErrorCode, 'FORBIDDEN' | 'UNAUTHENTICATED'>> | undefined {
  const { role } = connection.identity;
  if (event.startsWith('customer:')) {
    return role === 'agent'
      ? refuse('FORBIDDEN', 'This connection belongs to an agent; customers use another.')
      : undefined;
  }
  if (event.startsWith('agent:')) {
    if (role === 'customer') return refuse('FORBIDDEN', 'This is for agents only.');
    if (!connection.entitled.agent) {
      return refuse('UNAUTHENTICATED', 'The key for agents is missing or wrong; give it as auth.key when connecting.');
    }
    if (role === 'stranger' && !openToStrangers.has(event)) return refuse('UNAUTHENTICATED', 'Send agent:join first.');
    return undefined;
  }
  if (event.startsWith('admin:')) {
    if (role !== 'stranger') return refuse('FORBIDDEN', 'This is for operators only, on a connection of their own.');
    if (!connection.entitled.admin) {
      return refuse(
        'UNAUTHENTICATED',
        'The key for operators is missing or wrong; give it as auth.key when connecting.',
      );
    }
  }
  return undefined;
}
