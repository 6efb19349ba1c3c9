import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable } from '../test/engine-process.ts';
import { expectNoShadowDatabase, rowsOf, scratchDatabase } from '../test/scratch-database.ts';
import { createDatabase } from './adapter-postgres.ts';
import { readTarget } from './target.ts';

const prismaCli = fileURLToPath(new URL('../node_modules/prisma/build/index.js', import.meta.url));

/** A project with one model and one migration, as somebody who uses Prisma has it. */
let project: string;

const schema = (fields: string) =>
  `datasource db {\n  provider = "postgresql"\n}\n\nmodel Thing {\n  id Int @id\n${fields}}\n`;
const first =
  '-- CreateTable\nCREATE TABLE "Thing" ("id" INTEGER NOT NULL, CONSTRAINT "Thing_pkey" PRIMARY KEY ("id"));\n';

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'baton-schema-engine-'));
  await writeFile(
    join(project, 'prisma.config.mjs'),
    `export default {
      schema: 'schema.prisma',
      migrations: { path: 'migrations' },
      datasource: { url: process.env.DATABASE_URL, shadowDatabaseUrl: process.env.SHADOW_DATABASE_URL },
    };`,
  );
  await writeFile(join(project, 'schema.prisma'), schema(''));
  await migration('20200101000000_first', first);
  await writeFile(join(project, 'migrations', 'migration_lock.toml'), 'provider = "postgresql"\n');
});
afterAll(() => rm(project, { recursive: true, force: true }));

async function migration(name: string, sql: string): Promise<void> {
  await mkdir(join(project, 'migrations', name), { recursive: true });
  await writeFile(join(project, 'migrations', name, 'migration.sql'), sql);
}

interface Outcome {
  readonly code: number;
  readonly output: string;
}

function prisma(args: readonly string[], env: Record<string, string>): Promise<Outcome> {
  const options = {
    cwd: project,
    env: { ...process.env, CI: '1', CHECKPOINT_DISABLE: '1', PRISMA_SCHEMA_ENGINE_BINARY: executable, ...env },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [prismaCli, ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, output: stdout + stderr });
    });
  });
}

// Each command of the CLI takes one or two seconds.
describe("Prisma's CLI with this engine", { timeout: 60_000 }, () => {
  it('has the very engine that it would download', async () => {
    const { output } = await prisma(['--version'], {});
    const ours = /Schema Engine\s*: schema-engine-cli (\w+)/.exec(output)?.[1];
    const theirs = /Default Engines Hash\s*: (\w+)/.exec(output)?.[1];
    expect(ours).toMatch(/^[0-9a-f]{40}$/);
    expect(ours).toBe(theirs);
  });

  it('deploys, reports, compares, develops and resets', async () => {
    const env = { DATABASE_URL: scratchDatabase() };
    const diff = ['migrate', 'diff', '--from-config-datasource', '--to-schema', 'schema.prisma', '--exit-code'];

    const absent = await prisma(['migrate', 'status'], env);
    expect(absent).toMatchObject({ code: 1, output: expect.stringContaining('P1003') });

    await createDatabase(readTarget(env.DATABASE_URL));
    // Several at once, as when several containers start: one does it, the others wait and find it done.
    const deployed = await Promise.all([1, 2, 3].map(() => prisma(['migrate', 'deploy'], env)));
    expect(deployed.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await rowsOf(env.DATABASE_URL, 'SELECT migration_name FROM _prisma_migrations')).toEqual([
      ['20200101000000_first'],
    ]);

    expect(await prisma(['migrate', 'status'], env)).toMatchObject({ code: 0 });
    expect(await prisma(diff, env)).toMatchObject({ code: 0 });

    await writeFile(join(project, 'schema.prisma'), schema('  name String @default("")\n'));
    expect(await prisma(diff, env)).toMatchObject({ code: 2, output: expect.stringContaining('name') });
    expect(await prisma(['migrate', 'dev', '--name', 'add_name'], env)).toMatchObject({ code: 0 });
    expect(await readdir(join(project, 'migrations'))).toContainEqual(expect.stringMatching(/_add_name$/));
    expect(await prisma(diff, env)).toMatchObject({ code: 0 });

    await rowsOf(env.DATABASE_URL, `INSERT INTO "Thing" VALUES (1, 'x')`);
    expect(await prisma(['migrate', 'reset', '--force'], env)).toMatchObject({ code: 0 });
    expect(await rowsOf(env.DATABASE_URL, 'SELECT * FROM "Thing"')).toEqual([]);
    await expectNoShadowDatabase(env.DATABASE_URL);
  });

  it('keeps to the schema that the URL names', async () => {
    const env = { DATABASE_URL: `${scratchDatabase()}?schema=chat` };
    expect(await prisma(['migrate', 'deploy'], env)).toMatchObject({ code: 0 });
    const tables = `SELECT schemaname::text, tablename::text FROM pg_tables WHERE tablename IN ('Thing', '_prisma_migrations')
      ORDER BY 2`;
    expect(await rowsOf(env.DATABASE_URL, tables)).toEqual([
      ['chat', 'Thing'],
      ['chat', '_prisma_migrations'],
    ]);
  });

  it('tries migrations out in the shadow database that it is given, and leaves none of its own', async () => {
    const env = { DATABASE_URL: scratchDatabase(), SHADOW_DATABASE_URL: scratchDatabase() };
    for (const DATABASE_URL of Object.values(env)) {
      expect(await prisma(['migrate', 'deploy'], { DATABASE_URL })).toMatchObject({ code: 0 });
    }
    await rowsOf(env.SHADOW_DATABASE_URL, 'CREATE TABLE left_from_before ()');
    const diff = ['migrate', 'diff', '--from-migrations', 'migrations', '--to-schema', 'schema.prisma', '--exit-code'];
    expect(await prisma(diff, env)).toMatchObject({ code: 0 });
    expect(await rowsOf(env.SHADOW_DATABASE_URL, `SELECT to_regclass('left_from_before')::text`)).toEqual([[null]]);
    await expectNoShadowDatabase(env.DATABASE_URL);
  });

  it('prints what went wrong, with its code', async () => {
    const env = { DATABASE_URL: scratchDatabase() };
    await migration('20990101000000_wrong', 'UPDATE "Thing" SET nobody = 1;\n');
    const wrong = expect.stringMatching(/20990101000000_wrong[\s\S]*column "nobody"[\s\S]*1 UPDATE "Thing"/);
    const deployed = await prisma(['migrate', 'deploy'], env);
    expect(deployed).toMatchObject({ code: 1, output: expect.stringContaining('P3018') });
    expect(deployed.output).toEqual(wrong);
    expect(await prisma(['migrate', 'deploy'], env)).toMatchObject({ output: expect.stringContaining('P3009') });
    const tried = await prisma(
      ['migrate', 'diff', '--from-migrations', 'migrations', '--to-schema', 'schema.prisma'],
      env,
    );
    expect(tried).toMatchObject({ code: 1, output: expect.stringContaining('P3006') });
    expect(tried.output).toEqual(wrong);
    await expectNoShadowDatabase(env.DATABASE_URL);
  });
});
