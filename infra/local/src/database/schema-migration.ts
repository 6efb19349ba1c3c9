import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { projectEnv } from '../project.ts';
import { startPostgres } from '../servers/postgres.ts';
import { withTimestamp } from './new-migration.ts';

/** Exit codes of `prisma migrate diff --exit-code`. */
const EMPTY = 0;
const DIFFERENT = 2;

/**
 * Writes a migration when `prisma/schema.prisma` differs from the migrations.
 * @param folder the package with `prisma/` in it
 * @param nameIt asked for a name only when there is something to name
 * @returns the new file and its SQL; undefined when nothing has changed
 */
export async function writeMigration(
  folder: string,
  nameIt: () => Promise<string>,
): Promise<{ file: string; sql: string } | undefined> {
  const sql = await onScratchDatabase((url) => difference(folder, url));
  if (sql === undefined) return undefined;
  const made = join(folder, 'prisma/migrations', withTimestamp(await nameIt(), new Date()));
  await mkdir(made);
  const file = join(made, 'migration.sql');
  await writeFile(file, sql);
  return { file, sql };
}

/** The SQL that leads from the migrations to the schema; undefined when they agree. */
async function difference(folder: string, scratchUrl: string): Promise<string | undefined> {
  const from = ['--from-migrations', 'prisma/migrations'];
  const to = ['--to-schema', 'prisma/schema.prisma'];
  const args = ['exec', 'prisma', 'migrate', 'diff', ...from, ...to, '--script', '--exit-code'];
  // Prisma insists on a main database other than the shadow one, although it never uses it; every server has
  // `postgres`.
  const other = new URL('/postgres', scratchUrl).toString();
  const env = { DATABASE_URL: other, SHADOW_DATABASE_URL: scratchUrl };
  const done = await execa('pnpm', args, { cwd: folder, env, reject: false, stdin: 'ignore' });
  if (done.exitCode === EMPTY) return undefined;
  if (done.exitCode === DIFFERENT) return `${done.stdout.trim()}\n`;
  throw new Error(`The schema could not be compared with the migrations:\n${done.stderr || done.shortMessage}`);
}

async function onScratchDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const { SHADOW_DATABASE_URL } = projectEnv();
  if (SHADOW_DATABASE_URL) return work(SHADOW_DATABASE_URL);
  const folder = await mkdtemp(join(tmpdir(), 'baton-schema-'));
  try {
    const options = { dir: join(folder, 'postgres'), logFile: join(folder, 'postgres.log') };
    const server = await startPostgres({ ...options, durable: false, detached: false });
    return await work(server.url).finally(() => server.stop());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
