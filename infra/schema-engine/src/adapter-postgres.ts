import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { isDriverAdapterError } from '@prisma/driver-adapter-utils';
import { connectionFailure, databaseExists } from './failures/failure-postgres.ts';
import { asNativeDriver, type FailedQuery } from './native-driver.ts';
import { type Target, withDatabase } from './target.ts';

/** Databases that exist on practically every server, to connect to while another is created or dropped. */
const maintenanceDatabases = ['postgres', 'template1', 'defaultdb'];

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

/** What the engine works on. */
export interface Databases {
  readonly factory: SqlMigrationAwareDriverAdapterFactory;
  /** The last thing that Postgres refused to do for the engine, once. */
  takeFailedQuery(): FailedQuery | undefined;
  /** Ends every connection that is still open. */
  close(): Promise<void>;
}

/**
 * Opens databases for the engine.
 * @param shadow where migrations are tried out; without one, a database is created for it each time and dropped.
 */
export function openDatabases(target: Target, shadow: Target | undefined): Databases {
  /** What is to be undone when it is no longer needed, or at the end: each once. */
  const releases = new Set<() => Promise<void>>();
  let failedQuery: FailedQuery | undefined;

  const forEngine = (adapter: Adapter, release: () => Promise<void>): SqlDriverAdapter => {
    const releaseOnce = async (): Promise<void> => {
      if (releases.delete(releaseOnce)) await release();
    };
    releases.add(releaseOnce);
    return asNativeDriver(adapter, {
      onDispose: releaseOnce,
      onFailedQuery: (failed) => {
        failedQuery = failed;
      },
    });
  };

  const connectToGivenShadow = async (place: Target): Promise<SqlDriverAdapter> => {
    const adapter = await connect(place);
    const driver = forEngine(adapter, () => adapter.dispose());
    await run(adapter, `DROP SCHEMA IF EXISTS ${quoted(place.schema)} CASCADE`);
    await run(adapter, `CREATE SCHEMA ${quoted(place.schema)}`);
    return driver;
  };
  const connectToOwnShadow = async (): Promise<SqlDriverAdapter> => {
    const place = withDatabase(target, `prisma_migrate_shadow_db_${randomUUID()}`);
    await once(target, `CREATE DATABASE ${quoted(place.database)}`);
    const adapter = await connect(place);
    return forEngine(adapter, async () => {
      await adapter.dispose();
      await once(target, `DROP DATABASE IF EXISTS ${quoted(place.database)} WITH (FORCE)`);
    });
  };

  return {
    factory: {
      provider: 'postgres',
      adapterName: '@prisma/adapter-pg',
      async connect() {
        const adapter = await connect(target);
        return forEngine(adapter, () => adapter.dispose());
      },
      connectToShadowDb: () => (shadow === undefined ? connectToOwnShadow() : connectToGivenShadow(shadow)),
    },
    takeFailedQuery() {
      const failed = failedQuery;
      failedQuery = undefined;
      return failed;
    },
    async close() {
      await Promise.all([...releases].map((release) => release()));
    },
  };
}

/**
 * Proves that the database can be used, by using it.
 * @throws {KnownFailure} P1000, P1001, P1002, P1003, P1010, P1011, P1017, P2037
 */
export async function checkConnection(target: Target): Promise<void> {
  await once(target, 'SELECT 1');
}

/**
 * Creates the database and in it the schema that the URL names.
 * @throws {KnownFailure} P1009 if it exists, and those of `checkConnection`
 */
export async function createDatabase(target: Target): Promise<void> {
  const elsewhere = await maintenance(target);
  try {
    await once(elsewhere, `CREATE DATABASE ${quoted(target.database)}`);
  } catch (thrown) {
    // When two create it at once, the second runs into the catalogue's index instead.
    throw isDriverAdapterError(thrown) && thrown.cause.kind === 'UniqueConstraintViolation'
      ? databaseExists(target.database)
      : thrown;
  }
  await once(target, `CREATE SCHEMA IF NOT EXISTS ${quoted(target.schema)}`);
}

/** @throws {KnownFailure} P1003 if there is none, and those of `checkConnection` */
export async function dropDatabase(target: Target): Promise<void> {
  await once(await maintenance(target), `DROP DATABASE ${quoted(target.database)}`);
}

/** Another database of the same server: the first that lets us in. */
async function maintenance(target: Target): Promise<Target> {
  let refusal: unknown;
  for (const name of maintenanceDatabases.filter((candidate) => candidate !== target.database)) {
    const place = { ...withDatabase(target, name), schema: 'public' };
    try {
      await checkConnection(place);
      return place;
    } catch (thrown) {
      if (!isOneOf(thrown, ['P1003', 'P1010'])) throw thrown;
      refusal = thrown;
    }
  }
  throw refusal;
}

/** Runs one statement on a connection of its own. */
async function once(target: Target, statement: string): Promise<void> {
  const adapter = await connect(target);
  try {
    await run(adapter, statement);
  } catch (thrown) {
    throw connectionFailure(thrown, target);
  } finally {
    await adapter.dispose();
  }
}

function isOneOf(failure: unknown, codes: readonly string[]): boolean {
  return failure instanceof Error && codes.includes(String(Reflect.get(failure, 'code')));
}

/**
 * One connection, kept open: the engine's lock against a second migration belongs to the connection, so a pool of
 * several would lose it.
 */
function connect(target: Target): Promise<Adapter> {
  const config = {
    connectionString: target.connectionString,
    connectionTimeoutMillis: target.connectTimeoutMs,
    application_name: 'prisma-schema-engine',
    max: 1,
    idleTimeoutMillis: 0,
    // The native driver does the same. Migrations name their tables without a schema.
    onConnect: async (client: { query(sql: string): Promise<unknown> }) => {
      await client.query(`SET search_path = ${quoted(target.schema)}`);
    },
  };
  return new PrismaPg(config, { schema: target.schema }).connect();
}

async function run(adapter: Adapter, statement: string): Promise<void> {
  await adapter.executeRaw({ sql: statement, args: [], argTypes: [] });
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
