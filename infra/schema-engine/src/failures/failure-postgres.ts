import type { Error as DriverError } from '@prisma/driver-adapter-utils';
import { isDriverAdapterError } from '@prisma/driver-adapter-utils';
import type { Target } from '../target.ts';
import { KnownFailure } from './failure.ts';

/** Node's codes for "nobody there", as far as adapter-pg does not know them itself. */
const unreachableCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENOENT',
  'EACCES',
  'EPIPE',
]);

/** pg and pg-pool say these by text alone. */
const timeoutText = /timeout exceeded when trying to connect|connection timeout|timeout expired/i;
const closedText = /Connection terminated|Client has encountered a connection error/i;

/**
 * Turns what adapter-pg throws about a connection into the failure that the native engine reports for it, with its
 * code, so that Prisma's CLI can act on it (P1003 makes it create the database). Anything else is returned unchanged.
 */
export function connectionFailure(thrown: unknown, target: Target): unknown {
  if (!(thrown instanceof Error)) return thrown;
  if (isDriverAdapterError(thrown)) return fromDriverError(thrown.cause, target) ?? thrown;
  // A name with several addresses, none of which answers, comes as an AggregateError with the code of the first.
  const code: unknown = Reflect.get(thrown, 'code');
  const isUnreachable = typeof code === 'string' && unreachableCodes.has(code);
  if (isUnreachable || timeoutText.test(thrown.message)) return unreachable(target);
  return closedText.test(thrown.message) ? closed() : thrown;
}

/** Codes and texts of https://www.prisma.io/docs/orm/reference/error-reference. */
function fromDriverError(cause: DriverError, target: Target): KnownFailure | undefined {
  const address = `${target.host}:${target.port}`;
  switch (cause.kind) {
    case 'AuthenticationFailed':
      return new KnownFailure(
        'P1000',
        `Authentication failed against database server, the provided database credentials for \`${cause.user ?? '(not available)'}\` are not valid.\n\nPlease make sure to provide valid database credentials for the database server at \`${address}\`.`,
        { database_user: cause.user },
      );
    case 'DatabaseNotReachable':
      return unreachable(target);
    case 'SocketTimeout':
      return new KnownFailure(
        'P1002',
        `The database server at \`${address}\` was reached but timed out.\n\nPlease try again.\n\nPlease make sure your database server is running at \`${address}\`.`,
        { database_location: address },
      );
    case 'DatabaseDoesNotExist':
      return new KnownFailure('P1003', `Database \`${cause.db ?? target.database}\` does not exist`, {
        database_name: cause.db ?? target.database,
      });
    case 'DatabaseAlreadyExists':
      return databaseExists(cause.db ?? target.database);
    case 'DatabaseAccessDenied':
      return new KnownFailure('P1010', `User was denied access on the database \`${cause.db ?? target.database}\``, {
        database_name: cause.db ?? target.database,
      });
    case 'TlsConnectionError':
      return new KnownFailure('P1011', `Error opening a TLS connection: ${cause.reason}`, { message: cause.reason });
    case 'ConnectionClosed':
      return closed();
    case 'TooManyConnections':
      return new KnownFailure('P2037', `Too many database connections opened: ${cause.cause}`, {
        message: cause.cause,
      });
    default:
      return undefined;
  }
}

function unreachable(target: Target): KnownFailure {
  const address = `${target.host}:${target.port}`;
  return new KnownFailure(
    'P1001',
    `Can't reach database server at \`${address}\`\n\nPlease make sure your database server is running at \`${address}\`.`,
    { database_location: address },
  );
}

function closed(): KnownFailure {
  return new KnownFailure('P1017', 'Server has closed the connection.');
}

export function databaseExists(database: string): KnownFailure {
  return new KnownFailure('P1009', `Database \`${database}\` already exists`, { database_name: database });
}
