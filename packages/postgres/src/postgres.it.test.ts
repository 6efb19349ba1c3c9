import { createLog, Unavailable } from '@baton/runtime';
import { freePort, testSpace } from '@baton/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseFault, openPostgres, UniqueViolation, WriteConflict } from './index.ts';

const space = await testSpace();
const log = createLog({ service: 'test', instance: 'test', level: 'silent' });
const database = openPostgres({
  url: space.databaseUrl,
  poolMax: 2,
  name: 'test',
  log,
  onConnect: "SET TIME ZONE 'UTC'",
});
afterAll(() => database.close());

const fail = (sqlState: string) =>
  database
    .statement(`DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '${sqlState}'; END $$`)
    .then(() => undefined)
    .catch((error: unknown) => error);

it.each([
  ['a full disk', '53100'],
  ['no memory', '53200'],
  ['no connection left', '53300'],
  ['a disk that cannot be written', '58030'],
  ['a server that has become a standby', '25006'],
  ['a conflict that does not end', '40001'],
])('[O2] %s (%s) is a server that cannot serve, and nothing was committed', async (_what, sqlState) => {
  expect(await fail(sqlState)).toBeInstanceOf(Unavailable);
});

it('an error that no state of the server explains is a bug', async () => {
  const error = await fail('22012');
  expect(error).toBeInstanceOf(DatabaseFault);
  expect(error).not.toBeInstanceOf(Unavailable);
});

it('[O2] a host without an address that accepts a connection is unavailable', async () => {
  const port = await freePort();
  const nowhere = openPostgres({
    url: `postgres://nobody@localhost:${port}/none`,
    poolMax: 1,
    name: 'test',
    log,
    onConnect: 'SELECT 1',
  });
  await expect(nowhere.ping()).rejects.toBeInstanceOf(Unavailable);
  await nowhere.close();
});

describe('a transaction', () => {
  const count = async () => (await database.statement<{ n: number }>('SELECT count(*)::int AS n FROM tried'))[0]?.n;
  beforeAll(() => database.statement('CREATE TABLE tried (id int PRIMARY KEY)'));
  beforeEach(() => database.statement('DELETE FROM tried'));

  it('is committed when its work is done', async () => {
    const result = await database.transaction(async (transaction) => {
      await transaction.statement('INSERT INTO tried VALUES (1)');
      await transaction.statement('INSERT INTO tried VALUES (2)');
      return 'done';
    });
    expect(result).toBe('done');
    expect(await count()).toBe(2);
  });

  it('leaves nothing behind when its work fails, and throws what the work threw', async () => {
    const failure = new Error('on purpose');
    const work = database.transaction(async (transaction) => {
      await transaction.statement('INSERT INTO tried VALUES (1)');
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await count()).toBe(0);
    expect(database.connections.idle).toBe(database.connections.total);
  });

  it('tells what went wrong by the same errors as a statement', async () => {
    const work = database.transaction(async (transaction) => {
      await transaction.statement('INSERT INTO tried VALUES (1)');
      await transaction.statement('INSERT INTO tried VALUES (1)');
    });
    await expect(work).rejects.toBeInstanceOf(UniqueViolation);
    expect(await count()).toBe(0);
  });

  it('runs again after a write conflict', async () => {
    let runs = 0;
    await database.transaction(async (transaction) => {
      await transaction.statement('INSERT INTO tried VALUES (1)');
      if (++runs < 3) throw new WriteConflict('on purpose');
    });
    expect(runs).toBe(3);
    expect(await count()).toBe(1);
  });
});
