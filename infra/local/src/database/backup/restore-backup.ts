import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from } from 'pg-copy-streams';
import { type BackupEnd, type BackupHead, readBackup, Sum, type TableSum } from './backup-file.ts';
import { compareSums } from './check-backup.ts';
import { migrationsOfDatabase, NOTED, namesOfMigrations, ourTables, sqlOf } from './known-schema.ts';

/** As Prisma creates it. Its rows come from the backup. */
const CREATE_NOTED = `CREATE TABLE ${NOTED} (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/**
 * Restores the database to its state at the backup, or leaves it unchanged: everything is one transaction.
 * @param options.replace whether existing data may be deleted
 * @throws when the database has data that may not be deleted, is in use, or the backup is damaged
 */
export async function restoreBackup(
  databaseUrl: string,
  file: string,
  options: { replace: boolean },
): Promise<{ head: BackupHead; end: BackupEnd }> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'baton-restore' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(`SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET TIME ZONE 'UTC';
      SET lock_timeout = '10s'; SET client_min_messages = warning; BEGIN`);
    await refuseInUse(client);
    await empty(client, options.replace);
    const restored = await load(client, file);
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return restored;
  } finally {
    // Without a COMMIT this leaves the database as it was.
    await client.end().catch(() => {});
  }
}

async function refuseInUse(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT coalesce(nullif(application_name, ''), 'a client without a name') AS name FROM pg_stat_activity
     WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
       AND backend_type = 'client backend' ORDER BY 1`,
  );
  if (rows.length === 0) return;
  const who = rows.map(({ name }) => name).join(', ');
  throw new Error(`The database is in use (${who}): stop what uses it first.`);
}

/** Drops our tables, types and functions if they are empty or may be deleted. */
async function empty(client: pg.Client, replace: boolean): Promise<void> {
  const present = await ourTables(client);
  if (present.length === 0) return;
  if ((await migrationsOfDatabase(client)) === undefined) {
    throw new Error(`The database has tables that Baton did not make: ${present.join(', ')}.`);
  }
  const tables = present.map((table) => `"${table}"`);
  await client.query(`LOCK TABLE ${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
  if (!replace) {
    for (const table of present.filter((name) => name !== NOTED)) {
      const { rowCount } = await client.query(`SELECT 1 FROM "${table}" LIMIT 1`);
      if (rowCount) {
        throw new Error(
          `The database is not empty: ${table} has rows. Restore into another one, or delete all of it: --replace`,
        );
      }
    }
  }
  await client.query(`DROP TABLE ${tables.join(', ')} CASCADE`);
  const { types, functions } = await namesOfMigrations();
  for (const type of types) await client.query(`DROP TYPE IF EXISTS "${type}" CASCADE`);
  // With their arguments: functions can be overloaded.
  const { rows } = await client.query<{ routine: string }>(
    `SELECT oid::regprocedure::text AS routine FROM pg_proc
     WHERE pronamespace = current_schema()::regnamespace AND proname = ANY ($1)`,
    [functions],
  );
  for (const { routine } of rows) await client.query(`DROP FUNCTION ${routine} CASCADE`);
}

async function load(client: pg.Client, file: string): Promise<{ head: BackupHead; end: BackupEnd }> {
  let head: BackupHead | undefined;
  const found: Record<string, TableSum> = {};
  for await (const part of readBackup(file)) {
    if (part.kind === 'head') {
      head = part.head;
      const migrations = await sqlOf(head.migrations);
      await client.query(CREATE_NOTED);
      for (const sql of migrations) await client.query(sql);
    } else if (part.kind === 'table') {
      const sum = new Sum();
      await pipeline(Readable.from(part.data), sum, client.query(from(part.copy)));
      found[part.table] = sum.result();
    } else if (head) {
      const { end } = part;
      compareSums(end, found);
      for (const [name, { value, called }] of Object.entries(end.sequences)) {
        await client.query('SELECT setval($1::regclass, $2, $3)', [`"${name}"`, value, called]);
      }
      return { head, end };
    }
  }
  throw new Error(`${file} has no end`);
}
