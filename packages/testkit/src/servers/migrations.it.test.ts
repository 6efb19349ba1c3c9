import { migrationsAreDone } from '@baton/local';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { testSpace } from '../index.ts';

const space = await testSpace();
const database = new pg.Client({ connectionString: space.databaseUrl });
await database.connect();
afterAll(() => database.end());

it('Prisma is not asked to migrate what it has migrated, and is for anything else', async () => {
  expect(await migrationsAreDone(space.databaseUrl)).toBe(true);
  for (const change of [
    `UPDATE _prisma_migrations SET checksum = 'another file'`,
    'UPDATE _prisma_migrations SET finished_at = NULL',
    'UPDATE _prisma_migrations SET rolled_back_at = now()',
    'DELETE FROM _prisma_migrations WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)',
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', 'of another branch', now())`,
    'DROP TABLE _prisma_migrations',
  ]) {
    await database.query('BEGIN');
    await database.query('CREATE TABLE kept AS TABLE _prisma_migrations');
    await database.query(change);
    await database.query('COMMIT');
    expect(await migrationsAreDone(space.databaseUrl), change).toBe(false);
    await database.query('BEGIN');
    await database.query('CREATE TABLE IF NOT EXISTS _prisma_migrations (LIKE kept)');
    await database.query('TRUNCATE _prisma_migrations');
    await database.query('INSERT INTO _prisma_migrations TABLE kept');
    await database.query('DROP TABLE kept');
    await database.query('COMMIT');
    expect(await migrationsAreDone(space.databaseUrl)).toBe(true);
  }
});
