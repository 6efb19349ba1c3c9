import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { ROOT } from '../project.ts';

const MIGRATIONS = join(ROOT, 'services/session/prisma/migrations');

/**
 * Applies pending migrations. Prisma's own tool takes seconds to find that nothing is pending, so it runs only when its
 * table and the folder differ.
 * @throws with what the migration printed when it failed
 */
export async function migrate(env: NodeJS.ProcessEnv): Promise<void> {
  if (env.DATABASE_URL !== undefined && (await migrationsAreDone(env.DATABASE_URL))) return;
  const done = await execa('pnpm', ['--filter', '@baton/session', 'run', 'db:migrate'], {
    cwd: ROOT,
    env,
    all: true,
    reject: false,
  });
  if (done.failed) throw new Error(`The database could not be migrated:\n${done.all || done.shortMessage}`);
}

/** Whether Prisma has noted every migration of the folder as done, with its present text, and no other. */
export async function migrationsAreDone(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string; checksum: string; done: boolean }>(
      `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS done
       FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
    );
    const noted = new Set(rows.map(({ name, checksum, done }) => `${name} ${done ? checksum : 'unfinished'}`));
    const wanted = (await migrationsOfTheFolder()).map(({ name, checksum }) => `${name} ${checksum}`);
    return noted.size === wanted.length && wanted.every((one) => noted.has(one));
  } catch {
    // No table yet, or a fault that Prisma describes better.
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Each migration of this clone, oldest first, with its checksum as Prisma notes it: SHA-256 of the file. */
export async function migrationsOfTheFolder(): Promise<{ name: string; checksum: string; sql: string }[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(MIGRATIONS, name, 'migration.sql'), 'utf8');
      return { name, checksum: createHash('sha256').update(sql).digest('hex'), sql };
    }),
  );
}
