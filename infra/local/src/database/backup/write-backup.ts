import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to } from 'pg-copy-streams';
import { type BackupEnd, copyLine, DATA_END, endLine, headLine, Sum } from './backup-file.ts';
import { checkBackup } from './check-backup.ts';
import { migrationsOfDatabase, ourTables, sqlOf } from './known-schema.ts';

/**
 * Writes a consistent snapshot of the database into `file`, while it is in use, and reads it back.
 * @throws when the file exists, and when the database is not at a state that this clone knows
 */
export async function writeBackup(databaseUrl: string, file: string): Promise<BackupEnd> {
  if (existsSync(file)) throw new Error(`${file} exists already`);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'baton-backup' });
  client.on('error', () => {});
  await client.connect();
  const part = `${file}.part`;
  try {
    await mkdir(dirname(file), { recursive: true });
    // One snapshot for every table; it blocks nobody and is blocked by nobody.
    await client.query(`SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET TIME ZONE 'UTC';
      BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`);
    await pipeline(content(client), createGzip(), createWriteStream(part, { mode: 0o600 }));
    await client.query('COMMIT');
    const written = await open(part, 'r+');
    await written.sync().finally(() => written.close());
    const end = await checkBackup(part);
    await rename(part, file);
    return end;
  } finally {
    await rm(part, { force: true });
    await client.end().catch(() => {});
  }
}

async function* content(client: pg.Client): AsyncGenerator<string | Buffer> {
  const migrations = await migrationsOfDatabase(client);
  if (migrations === undefined) throw new Error('The database has no tables of Baton: there is nothing to back up.');
  await sqlOf(migrations);
  const tables = await ourTables(client);
  await client.query(`LOCK TABLE ${tables.map((table) => `"${table}"`).join(', ')} IN ACCESS SHARE MODE`);
  yield headLine({ madeAt: new Date().toISOString(), migrations });

  const end: BackupEnd = { tables: {}, sequences: {} };
  for (const table of tables) {
    const columns = await columnsOf(client, table);
    yield copyLine(table, columns);
    const sum = new Sum();
    const rows = client.query(to(`COPY "${table}" (${columns.map((one) => `"${one}"`).join(', ')}) TO STDOUT`));
    const data = new PassThrough();
    const copied = pipeline(rows, sum, data);
    // Told by the loop, which ends with the same failure.
    copied.catch(() => {});
    yield* data;
    await copied;
    yield DATA_END;
    end.tables[table] = sum.result();
  }
  const { rows } = await client.query<{ name: string; value: string; called: boolean }>(
    `SELECT sequencename AS name, coalesce(last_value, start_value)::text AS value, last_value IS NOT NULL AS called
     FROM pg_sequences WHERE schemaname = current_schema()`,
  );
  for (const { name, value, called } of rows) {
    end.sequences[name] = { value, called };
    yield `SELECT setval('"${name}"', ${value}, ${called});\n`;
  }
  yield endLine(end);
}

/** Stored columns only; Postgres computes generated ones. */
async function columnsOf(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [`"${table}"`],
  );
  return rows.map(({ name }) => name);
}
