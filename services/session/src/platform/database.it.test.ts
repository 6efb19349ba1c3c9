import { createLog, Unavailable } from '@baton/runtime';
import { freePort, testSpace } from '@baton/testkit';
import { afterAll, expect, it } from 'vitest';
import { DatabaseFault } from './database-errors.ts';
import { openDatabase } from './database-postgres.ts';

const space = await testSpace();
const log = createLog({ service: 'session', instance: 'test', level: 'silent' });
const database = openDatabase({ url: space.databaseUrl, poolMax: 2, name: 'test', log });
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
  const nowhere = openDatabase({ url: `postgres://nobody@localhost:${port}/none`, poolMax: 1, name: 'test', log });
  await expect(nowhere.ping()).rejects.toBeInstanceOf(Unavailable);
  await nowhere.close();
});
