import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import pg from 'pg';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
/** Each has tables of its own in the same database. */
const WITH_TABLES = ['session', 'workspace'];

/** A connection to the server itself, to make and drop databases. Its caller ends it. */
export async function adminClient(serverUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: serverUrl, application_name: 'baton-testkit' });
  await client.connect();
  return client;
}

/** The same server, another database. */
export function databaseAt(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

const templateOf = (runId: string) => `baton_t${runId}_template`;

/**
 * The name of this run's migrated database, made by whichever test file asks first (the others wait for it), so that
 * runs without a database in them do not pay for it.
 */
export async function templateDatabase(admin: pg.Client, serverUrl: string, runId: string): Promise<string> {
  const template = templateOf(runId);
  await admin.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
  try {
    const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (found.rowCount === 0) {
      const unfinished = `${template}_new`;
      await admin.query(`DROP DATABASE IF EXISTS ${unfinished}`);
      await admin.query(`CREATE DATABASE ${unfinished}`);
      await migrate(databaseAt(serverUrl, unfinished));
      await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
    }
  } finally {
    await admin.query('SELECT pg_advisory_unlock(hashtext($1))', [template]);
  }
  return template;
}

/** Removes what `templateDatabase` made, if it did. */
export async function dropTemplate(serverUrl: string, runId: string): Promise<void> {
  const admin = await adminClient(serverUrl);
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${templateOf(runId)}`);
  } finally {
    await admin.end();
  }
}

async function migrate(databaseUrl: string): Promise<void> {
  for (const service of WITH_TABLES) {
    const done = await execa('pnpm', ['--filter', `@baton/${service}`, 'run', 'db:migrate'], {
      cwd: REPOSITORY,
      env: { DATABASE_URL: databaseUrl },
      all: true,
      reject: false,
    });
    if (done.failed) throw new Error(`The test database could not be migrated:\n${done.all}`);
  }
}
