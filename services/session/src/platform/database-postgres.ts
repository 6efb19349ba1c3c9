import { setTimeout as pause } from 'node:timers/promises';
import { type Log, Unavailable } from '@baton/runtime';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/client.ts';
import { DatabaseFault, LockTimeout, OutcomeUnknown, UniqueViolation, WriteConflict } from './database-errors.ts';

/** A statement waits this long for a row lock. Every transaction of this service is one statement. */
const LOCK_TIMEOUT_MS = 4_000;
const STATEMENT_TIMEOUT_MS = 6_000;
/** Measured by the client, for a server that has stopped answering. */
const ANSWER_TIMEOUT_MS = 8_000;
const CONNECT_TIMEOUT_MS = 4_000;
const MAX_ATTEMPTS = 5;

/**
 * Prisma's adapter reads every time as UTC, so the session's zone is UTC.
 *
 * Named statements keep their first plan. All of them find rows by key or in index order for any values, and planning
 * an append again costs twice as much as executing it (measured: 1.35 ms of Postgres' CPU for one message, 0.49 ms
 * without planning).
 *
 * The first plan may be made on the first day, when a sequential scan of an empty table is cheapest. It would be kept
 * while the table grows (measured after some thousand messages: 108 µs of Postgres' CPU for each in a batch of 150,
 * instead of 32 µs), so sequential scans are disabled.
 */
const ON_CONNECT = "SET TIME ZONE 'UTC'; SET plan_cache_mode = 'force_generic_plan'; SET enable_seqscan = off";

/** Statements that begin with a name are parsed and planned once per connection. One name always has the same text. */
const NAMED = /^\/\* ([a-z ]+) \*\//;

export interface Database {
  /** For ordinary queries. It throws the errors of database-errors.ts, and retries write conflicts. */
  prisma: ReturnType<typeof translating>;
  /**
   * Runs one SQL statement. `Row` is asserted by the author and checked by the tests. 8-byte integers arrive as bigint,
   * timestamps as Date, JSON parsed.
   */
  statement<Row>(sql: string, ...values: unknown[]): Promise<Row[]>;
  ping(): Promise<void>;
  readonly connections: { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

/** Parses 8-byte integers as bigint, which the driver returns as text; everything else as the driver does. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format)),
};

/**
 * Statements go directly to the driver, on the same connections as Prisma's queries: for one message, Prisma took
 * longer than Postgres took for a plain INSERT (measured: 0.13 ms).
 *
 * Connections are opened on demand, and again after Postgres was unavailable. [O2]
 */
export function openDatabase(options: { url: string; poolMax: number; name: string; log: Log }): Database {
  const { log } = options;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolMax,
    application_name: options.name,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    // The pool awaits this.
    onConnect: (connection) => connection.query(ON_CONNECT),
  });
  // The driver's error object contains the whole client, including the connection parameters.
  const lost = (error: Error) => log.warn({ detail: error.message }, 'a connection to Postgres was lost');
  pool.on('error', lost);
  const client = new PrismaClient({
    adapter: new PrismaPg(pool, { onConnectionError: lost }),
  });

  return {
    prisma: translating(client),
    async statement<Row>(text: string, ...values: unknown[]) {
      // Without a name, the statement is parsed and planned each time.
      const name = NAMED.exec(text)?.[1] ?? '';
      const { rows } = await withRetries(() => pool.query({ name, text, values, types: TYPES }));
      // Asserted by the author: see `Database`.
      return rows as Row[];
    },
    async ping() {
      await withRetries(() => pool.query('SELECT 1'));
    },
    get connections() {
      return { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
    },
    async close() {
      await client.$disconnect();
      await pool.end();
    },
  };
}

function translating(client: PrismaClient) {
  return client.$extends({
    query: { $allModels: { $allOperations: ({ args, query }) => withRetries(() => query(args)) } },
  });
}

/** Retries write conflicts, at most five times, with jitter so that colliding writers do not collide again. */
async function withRetries<T>(run: () => PromiseLike<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      const known = translate(error);
      if (!(known instanceof WriteConflict)) throw known;
      if (attempt === MAX_ATTEMPTS) throw new Unavailable(`${known.message}, ${MAX_ATTEMPTS} times`);
      await pause(Math.random() * 10 * 2 ** attempt);
    }
  }
}

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

/** Maps to the errors of database-errors.ts. The original is dropped, as its details quote the rejected row. [S5] */
function translate(error: unknown): unknown {
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
