import type { ErrorCode, Refusal } from '@baton/contracts';
import type { Problem } from '../log/types.ts';

const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['RATE_LIMITED', 'UNAVAILABLE', 'TIMEOUT', 'DRAINING']);
/** The server does not know who asks on this connection, or for what: say it again. */
const strange: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['NOT_FOUND', 'UNAUTHENTICATED']);
const settled: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'VALIDATION_FAILED',
  'FORBIDDEN',
  'SESSION_CLOSED',
  'NOT_ASSIGNED',
  'STALE_EPOCH',
  'ID_REUSED',
  'TOO_LARGE',
  'TOO_MANY_WAITING',
]);

/**
 * What a refusal means for a request that may be repeated. `passing`: repeat it later. `strange`: say first who you
 * are. `fault`: a fault of the server, or a code not known here; a few repeats may help. `settled`: it will not work.
 */
export function kindOf(code: ErrorCode): 'passing' | 'strange' | 'settled' | 'fault' {
  if (passing.has(code)) return 'passing';
  if (strange.has(code)) return 'strange';
  return settled.has(code) ? 'settled' : 'fault';
}

export const problemOf = ({ code, message }: Refusal): Problem => ({ code, message });
