import { describe, expect, inject, it } from 'vitest';
import { oneMigration, runSubcommand, startEngine } from '../test/engine-process.ts';
import { rowsOf, scratchDatabase } from '../test/scratch-database.ts';
import { createDatabase } from './adapter-postgres.ts';
import { readTarget } from './target.ts';

const nobodyThere = 'postgres://localhost:1/x';

async function freshDatabase(): Promise<string> {
  const url = scratchDatabase();
  await createDatabase(readTarget(url));
  return url;
}

describe('the subcommands', () => {
  it('create, connect and drop, and say with a code why not', async () => {
    const url = scratchDatabase();
    const steps = ['can-connect-to-database', 'create-database', 'can-connect-to-database', 'create-database'];
    const exits = [];
    for (const step of [...steps, 'drop-database', 'drop-database']) exits.push(await runSubcommand(url, step));
    expect(exits.map(({ code, log }) => [code, log.at(-1)?.fields.error_code])).toEqual([
      [1, 'P1003'],
      [0, undefined],
      [0, undefined],
      [1, 'P1009'],
      [0, undefined],
      [1, 'P1003'],
    ]);
    // The CLI skips the first line and parses the others.
    for (const { log } of exits) expect(log[0]).toMatchObject({ level: 'INFO' });
  });

  it('create the schema that the URL names', async () => {
    const url = `${scratchDatabase()}?schema=chat`;
    expect(await runSubcommand(url, 'create-database')).toMatchObject({ code: 0 });
    expect(await rowsOf(url, `SELECT current_schema()::text`)).toEqual([['chat']]);
  });

  it('say P1001 when nobody is there', async () => {
    const { code, log } = await runSubcommand(nobodyThere, 'can-connect-to-database');
    expect(code).toBe(1);
    expect(log.at(-1)).toMatchObject({ level: 'ERROR', fields: { error_code: 'P1001', is_panic: false } });
  });
});

describe('the server', () => {
  it('connects only when it has to, and ends when its input does', async () => {
    const engine = startEngine({ url: nobodyThere });
    expect(await engine.ask('noSuchMethod')).toMatchObject({ error: { code: -32601 } });
    expect(await engine.ask('getDatabaseVersion')).toMatchObject({ error: { data: { error_code: 'P1001' } } });
    expect(await engine.end()).toMatchObject({ code: 0 });
  });

  it('gives a script to Postgres whole: semicolons in comments, strings and bodies are no ends', async () => {
    const url = await freshDatabase();
    const script = [
      '-- a comment; with semicolons;',
      `CREATE TABLE "t;" (a text DEFAULT ';');`,
      'CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;',
      'INSERT INTO "t;" DEFAULT VALUES;',
    ].join('\n');
    const engine = startEngine({ url });
    expect(await engine.ask('applyMigrations', oneMigration(script))).toMatchObject({
      result: { appliedMigrationNames: ['20200101000000_first'] },
    });
    await engine.end();
    expect(await rowsOf(url, 'SELECT a, one() FROM "t;"')).toEqual([[';', 1]]);
  });

  it('leaves nothing of a script that fails, and says where it failed', async () => {
    const url = await freshDatabase();
    const engine = startEngine({ url });
    const answer = await engine.ask('applyMigrations', oneMigration('CREATE TABLE a ();\nCREATE TABEL b ();'));
    expect(answer.error?.data).toMatchObject({
      error_code: 'P3018',
      message: expect.stringMatching(
        /Migration name: 20200101000000_first\n[\s\S]*42601[\s\S]*syntax error at or near "TABEL"[\s\S]*2 CREATE TABEL/,
      ),
    });
    expect(await engine.ask('applyMigrations', oneMigration('SELECT 1;'))).toMatchObject({
      error: { data: { error_code: 'P3009' } },
    });
    await engine.end();
    expect(await rowsOf(url, `SELECT to_regclass('a')::text`)).toEqual([[null]]);
  });

  it('survives parameters that it cannot read', async () => {
    const engine = startEngine({ url: await freshDatabase() });
    expect(await engine.ask('applyMigrations', { migrations: [] })).toMatchObject({
      error: { code: -32602, message: expect.stringContaining('migrationsList') },
    });
    expect(await engine.ask('getDatabaseVersion')).toMatchObject({ result: expect.stringContaining('PostgreSQL') });
    await engine.end();
  });

  it('ends with the exit code of a panic when the engine panics', async () => {
    const engine = startEngine({ url: await freshDatabase() });
    engine.send({ id: 1, method: 'debugPanic' });
    const { code, log } = await engine.end();
    expect(code).toBe(101);
    expect(log.at(-1)).toMatchObject({
      level: 'ERROR',
      fields: { is_panic: true, message: expect.stringContaining('debugPanic'), backtrace: expect.any(String) },
    });
  });

  it('compares schema files without a database, and has the CLI print the result', async () => {
    const engine = startEngine({});
    const files = [
      { path: 'schema.prisma', content: 'datasource db {\n provider = "postgresql"\n}\nmodel A {\n id Int @id\n}' },
    ];
    const printed = await engine.ask('diff', {
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    expect(printed).toMatchObject({
      method: 'print',
      params: { content: expect.stringContaining('CREATE TABLE "A"') },
    });
    engine.send({ id: printed.id, result: {} });
    expect(await engine.next()).toMatchObject({ id: 1, result: { exitCode: 2 } });
    await engine.end();
  });

  it('refuses a shadow database that is the database itself', async () => {
    const url = await freshDatabase();
    const engine = startEngine({ url, shadowDatabaseUrl: `${url}?connect_timeout=9` });
    const params = { ...oneMigration('SELECT 1;'), optInToShadowDatabase: true };
    expect(await engine.ask('diagnoseMigrationHistory', params)).toMatchObject({
      error: { data: { message: expect.stringContaining('the same as the main database') } },
    });
    await engine.end();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends at once at %s', async (signal) => {
    const engine = startEngine({ url: inject('backends').databaseUrl });
    await engine.ask('getDatabaseVersion');
    engine.kill(signal);
    expect(await engine.end()).toMatchObject({ code: 0 });
  });
});
