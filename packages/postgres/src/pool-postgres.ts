import { setTimeout as pause } from 'node:timers/promises';
import { type Log, Unavailable } from '@baton/runtime';
import pg from 'pg';
import { WriteConflict } from './errors.ts';
import { translate } from './translate-postgres.ts';

/** A statement waits this long for a row lock. */
const LOCK_TIMEOUT_MS = 4_000;
const STATEMENT_TIMEOUT_MS = 6_000;
/** Measured by the client, for a server that has stopped answering. */
const ANSWER_TIMEOUT_MS = 8_000;
const CONNECT_TIMEOUT_MS = 4_000;
const MAX_ATTEMPTS = 5;

/** Statements that begin with a name are parsed and planned once per connection. One name always has the same text. */
const NAMED = /^\/\* ([a-z ]+) \*\//;

export interface Statements {
  /**
   * Runs one SQL statement. `Row` is asserted by the author and checked by the tests. 8-byte integers arrive as bigint,
   * timestamps as Date, JSON parsed.
   */
  statement<Row>(sql: string, ...values: unknown[]): Promise<Row[]>;
}

export interface Postgres extends Statements {
  /**
   * Runs several statements as one transaction (READ COMMITTED), which is committed when `work` resolves and rolled
   * back when it rejects. It may run again after a write conflict, so `work` has no other effects.
   */
  transaction<T>(work: (transaction: Statements) => Promise<T>): Promise<T>;
  /** Runs what uses the pool by itself, with the errors of errors.ts and with retries of write conflicts. */
  retried<T>(run: () => PromiseLike<T>): Promise<T>;
  /** For libraries that bring their own statements. */
  readonly pool: pg.Pool;
  ping(): Promise<void>;
  readonly connections: { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

/** Parses 8-byte integers as bigint, which the driver returns as text; everything else as the driver does. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format)),
};

/**
 * Connections are opened on demand, and again after Postgres was unavailable. [O2]
 * @param options.onConnect statements for each new connection
 */
export function openPostgres(options: {
  url: string;
  poolMax: number;
  name: string;
  log: Log;
  onConnect: string;
}): Postgres {
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
    onConnect: (connection) => connection.query(options.onConnect),
  });
  // The driver's error object contains the whole client, including the connection parameters.
  pool.on('error', (error) => log.warn({ detail: error.message }, 'a connection to Postgres was lost'));

  return {
    pool,
    retried: (run) => withRetries(() => translated(run)),
    statement: (sql, ...values) => withRetries(() => query(pool, sql, values)),
    transaction: (work) => withRetries(() => inTransaction(pool, work)),
    async ping() {
      await withRetries(() => query(pool, 'SELECT 1', []));
    },
    get connections() {
      return { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
    },
    close: () => pool.end(),
  };
}

async function query<Row>(on: pg.Pool | pg.PoolClient, text: string, values: unknown[]): Promise<Row[]> {
  // Without a name, the statement is parsed and planned each time.
  const name = NAMED.exec(text)?.[1] ?? '';
  const { rows } = await translated(() => on.query({ name, text, values, types: TYPES }));
  // Asserted by the author: see `Statements`.
  return rows as Row[];
}

async function inTransaction<T>(pool: pg.Pool, work: (transaction: Statements) => Promise<T>): Promise<T> {
  const connection = await translated(() => pool.connect());
  // A connection whose transaction may still be open is closed instead of used again.
  let open = true;
  try {
    await query(connection, 'BEGIN', []);
    const result = await work({ statement: (sql, ...values) => query(connection, sql, values) });
    await query(connection, 'COMMIT', []);
    open = false;
    return result;
  } catch (error) {
    await connection.query('ROLLBACK').then(
      () => {
        open = false;
      },
      () => {},
    );
    throw error;
  } finally {
    connection.release(open);
  }
}

async function translated<T>(run: () => PromiseLike<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw translate(error);
  }
}

/** Retries write conflicts, at most five times, with jitter so that colliding writers do not collide again. */
async function withRetries<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof WriteConflict)) throw error;
      if (attempt === MAX_ATTEMPTS) throw new Unavailable(`${error.message}, ${MAX_ATTEMPTS} times`);
      await pause(Math.random() * 10 * 2 ** attempt);
    }
  }
}
