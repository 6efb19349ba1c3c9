import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { ROOT } from '../project.ts';

/** The services that keep tables, each with its migrations, in one database: in `public`, and in a schema of its own. */
const KEEPERS = [
  { service: 'session', noted: '_prisma_migrations' },
  { service: 'workspace', noted: 'workspace._prisma_migrations' },
] as const;
type Keeper = (typeof KEEPERS)[number];

/**
 * Applies pending migrations. Prisma's own tool takes seconds to find that nothing is pending, so it runs only when its
 * table and the folder differ.
 * @throws with what the migration printed when it failed
 */
export async function migrate(env: NodeJS.ProcessEnv): Promise<void> {
  if (env.DATABASE_URL !== undefined && (await migrationsAreDone(env.DATABASE_URL))) return;
  for (const { service } of KEEPERS) {
    const done = await execa('pnpm', ['--filter', `@baton/${service}`, 'run', 'db:migrate'], {
      cwd: ROOT,
      env,
      all: true,
      reject: false,
    });
    if (done.failed) throw new Error(`The database could not be migrated:\n${done.all || done.shortMessage}`);
  }
}

/** Whether Prisma has noted every migration of the folders as done, with its present text, and no other. */
export async function migrationsAreDone(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    for (const keeper of KEEPERS) if (!(await isDone(client, keeper))) return false;
    return true;
  } catch {
    // No table yet, or a fault that Prisma describes better.
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function isDone(client: pg.Client, { service, noted: table }: Keeper): Promise<boolean> {
  const { rows } = await client.query<{ name: string; checksum: string; done: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS done
     FROM ${table} WHERE rolled_back_at IS NULL`,
  );
  const noted = new Set(rows.map(({ name, checksum, done }) => `${name} ${done ? checksum : 'unfinished'}`));
  const wanted = (await migrationsOf(service)).map(({ name, checksum }) => `${name} ${checksum}`);
  return noted.size === wanted.length && wanted.every((one) => noted.has(one));
}

/** Those of the session service. */
export const migrationsOfTheFolder = () => migrationsOf('session');

/** Each migration of this clone, oldest first, with its checksum as Prisma notes it: SHA-256 of the file. */
async function migrationsOf(service: Keeper['service']): Promise<{ name: string; checksum: string; sql: string }[]> {
  const folder = join(ROOT, 'services', service, 'prisma/migrations');
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, checksum: createHash('sha256').update(sql).digest('hex'), sql };
    }),
  );
}
