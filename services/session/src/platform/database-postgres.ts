import { setTimeout as pause } from 'node:timers/promises';
import { type Log, Unavailable } from '@baton/runtime';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/client.ts';
import { AlreadyThere, DatabaseFault, LockedOut, OutcomeUnknown, WriteConflict } from './database-errors.ts';

/** A statement that waits longer for a row than this gives up. No transaction of ours is longer than one statement. */
const LOCK_TIMEOUT_MS = 4_000;
const STATEMENT_TIMEOUT_MS = 6_000;
/** Ours, for a server that no longer says anything at all. */
const ANSWER_TIMEOUT_MS = 8_000;
const CONNECT_TIMEOUT_MS = 4_000;
const MAX_ATTEMPTS = 5;

/**
 * The adapter takes every time for UTC, whatever the zone of the server. And named statements keep their first plan: all
 * of ours find rows by key or in the order of an index, whatever the values, and planning an append anew each time costs
 * twice what carrying it out does (measured: 1.35 ms of Postgres' CPU for one message, 0.49 ms without).
 *
 * That first plan may be made on the first day, when reading an empty table whole is the cheapest way. It would be kept
 * while the table grows (measured after some thousand messages: 108 µs of Postgres' CPU for each in a batch of 150, in
 * place of 32), so reading a whole table is what the planner is to do last.
 */
const ON_CONNECT = "SET TIME ZONE 'UTC'; SET plan_cache_mode = 'force_generic_plan'; SET enable_seqscan = off";

/** Statements that begin so are parsed and planned once per connection. The same name must always have the same text. */
const NAMED = /^\/\* ([a-z ]+) \*\//;

export interface Database {
  /** For ordinary queries. Its errors are those of database-errors.ts; conflicts are tried again. */
  prisma: ReturnType<typeof translating>;
  /**
   * One statement of SQL. `Row` is what the statement selects: its types are the author's claim, checked by the tests.
   * 8-byte integers arrive as bigint, timestamps as Date, json parsed.
   */
  statement<Row>(sql: string, ...values: unknown[]): Promise<Row[]>;
  ping(): Promise<void>;
  readonly connections: { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

/** Integers of 8 bytes as bigint, which the driver would give as text; all else as the driver does by itself. */
const ASKED_FOR: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format)),
};

/**
 * Statements go to the driver, on the same connections as Prisma's queries: for one message, the way through Prisma took
 * longer than Postgres' own work on a plain INSERT (measured: 0.13 ms).
 *
 * Opens nothing yet: connections are made when they are needed, and again when Postgres was gone. [O2]
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
    // The pool waits for what this returns.
    onConnect: (connection) => connection.query(ON_CONNECT),
  });
  // The driver's error carries its whole client: a screenful, with the connection's parameters in it.
  const lost = (error: Error) => log.warn({ detail: error.message }, 'a connection to Postgres is lost');
  pool.on('error', lost);
  const client = new PrismaClient({
    adapter: new PrismaPg(pool, { onConnectionError: lost }),
  });

  return {
    prisma: translating(client),
    async statement<Row>(text: string, ...values: unknown[]) {
      // An empty name is none: the statement is parsed and planned each time.
      const name = NAMED.exec(text)?.[1] ?? '';
      const { rows } = await withRetries(() => pool.query({ name, text, values, types: ASKED_FOR }));
      // The author's claim: see `Database`.
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

/** Conflicts are Postgres' way to say "once more": at most five times, not in step with the one we collided with. */
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

/** What is known of an error: by Prisma's adapter, which has kinds of its own, or by the driver. */
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
 * Classes of SQLSTATE in which Postgres is there but has not what it takes, and has undone the statement: 53, no disk,
 * memory or connection left; 58, the system under it fails; and a server that has become a standby.
 */
const NOT_NOW = /^(53|58|25006)/;
/** Of connecting, by name; a host with several addresses of which none takes a connection says nothing else. */
const NOT_CONNECTED = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** pg says these in words only. They come from making a connection or waiting for one: nothing was sent. */
const NO_CONNECTION = /timeout exceeded when trying to connect|connection timeout|^connect E|^getaddrinfo/i;
const BROKEN =
  /Connection terminated|Query read timeout|not queryable|closed the connection|EPIPE|ECONNRESET|ETIMEDOUT/i;

/** The errors of database-errors.ts. They do not carry the original, as its details quote the row that was refused. */
function translate(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cause = causeOf(error);
  const kind = cause?.kind ?? '';
  const state = cause?.originalCode ?? cause?.code ?? '';
  if (kind === 'TransactionWriteConflict' || state === '40001' || state === '40P01')
    return new WriteConflict('a write conflict');
  if (kind === 'UniqueConstraintViolation' || state === '23505')
    return new AlreadyThere('a unique index has this already');
  if (state === '55P03') return new LockedOut('a row was held by somebody else for too long');
  if (state === '57014') return new Unavailable('Postgres took too long for a statement');
  if (NOT_NOW.test(state)) return new Unavailable(`Postgres cannot serve now: ${state}`);
  // 57P03: starting up or shutting down. Class 28: it knows us no longer, and 3D: nor the database, as while it is
  // being set up again.
  const systemCode = 'code' in error ? String(error.code) : '';
  const notConnected = NOT_CONNECTED.test(systemCode) || NO_CONNECTION.test(error.message);
  if (NOT_REACHABLE.has(kind) || /^(57P03|28|3D)/.test(state) || notConnected)
    return new Unavailable(`Postgres cannot be reached: ${state || kind || error.message || systemCode}`);
  const broken = kind === 'ConnectionClosed' || kind === 'SocketTimeout' || /^(57P0[12]|08)/.test(state);
  if (broken || BROKEN.test(error.message)) return new OutcomeUnknown('the connection to Postgres broke');
  // Class 22: the message itself quotes the value.
  const said = state.startsWith('22') ? 'a value does not fit' : cause?.originalMessage;
  return new DatabaseFault(`${error.name} ${state || kind}: ${said ?? 'no details'}`);
}
