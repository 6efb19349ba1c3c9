import { OutcomeUnknown, Unavailable } from '@baton/runtime';
import pg from 'pg';
import { DatabaseFault, LockTimeout, UniqueViolation, WriteConflict } from './errors.ts';

/** The details of an error: from Prisma's adapter, which has its own kinds, or from the driver. */
interface Cause {
  kind?: string;
  originalCode?: string;
  originalMessage?: string;
  code?: string;
}

function causeOf(error: Error): Cause | undefined {
  if (error instanceof pg.DatabaseError)
    return { originalMessage: error.message, ...(error.code !== undefined && { originalCode: error.code }) };
  const outer = error as { meta?: { driverAdapterError?: { cause?: Cause } }; cause?: Cause };
  return outer.meta?.driverAdapterError?.cause ?? outer.cause;
}

const NOT_REACHABLE = new Set(['DatabaseNotReachable', 'TooManyConnections', 'DatabaseDoesNotExist']);
/**
 * SQLSTATEs of a server that is running but cannot serve, and has rolled back the statement. Class 53: no disk, memory
 * or connection left. Class 58: the operating system fails. 25006: the server has become a standby.
 */
const NOT_NOW = /^(53|58|25006)/;
/** System errors of connecting. A host with several addresses, none of which accepts, gives only this code. */
const NOT_CONNECTED = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** pg gives these as text only. They come from opening a connection or waiting for one: nothing was sent. */
const NO_CONNECTION = /timeout exceeded when trying to connect|connection timeout|^connect E|^getaddrinfo/i;
const BROKEN =
  /Connection terminated|Query read timeout|not queryable|closed the connection|EPIPE|ECONNRESET|ETIMEDOUT/i;

/** Maps to the errors of errors.ts and the runtime's. The original is dropped, as its details quote the rejected row. [S5] */
export function translate(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cause = causeOf(error);
  const kind = cause?.kind ?? '';
  const state = cause?.originalCode ?? cause?.code ?? '';
  if (kind === 'TransactionWriteConflict' || state === '40001' || state === '40P01')
    return new WriteConflict('a write conflict');
  if (kind === 'UniqueConstraintViolation' || state === '23505')
    return new UniqueViolation('a unique index has this already');
  if (state === '55P03') return new LockTimeout('another transaction locked a row for too long');
  if (state === '57014') return new Unavailable('Postgres took too long for a statement');
  if (NOT_NOW.test(state)) return new Unavailable(`Postgres cannot serve now: ${state}`);
  // 57P03: starting up or shutting down. Classes 28 and 3D: the role or the database does not exist, as while the
  // server is being set up again.
  const systemCode = 'code' in error ? String(error.code) : '';
  const notConnected = NOT_CONNECTED.test(systemCode) || NO_CONNECTION.test(error.message);
  if (NOT_REACHABLE.has(kind) || /^(57P03|28|3D)/.test(state) || notConnected)
    return new Unavailable(`Postgres cannot be reached: ${state || kind || error.message || systemCode}`);
  const broken = kind === 'ConnectionClosed' || kind === 'SocketTimeout' || /^(57P0[12]|08)/.test(state);
  if (broken || BROKEN.test(error.message)) return new OutcomeUnknown('the connection to Postgres broke');
  // The messages of class 22 quote the value.
  const said = state.startsWith('22') ? 'a value does not fit' : cause?.originalMessage;
  return new DatabaseFault(`${error.name} ${state || kind}: ${said ?? 'no details'}`);
}
