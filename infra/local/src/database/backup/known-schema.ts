import type pg from 'pg';
import { migrationsOfTheFolder } from '../migrate.ts';
import type { MigrationState } from './backup-file.ts';

/** Where Prisma notes what it has applied. It goes into a backup like any table. */
export const NOTED = '_prisma_migrations';

/** The names that the migrations of this clone give to tables, types and functions. */
export async function namesOfMigrations(): Promise<{ tables: string[]; types: string[]; functions: string[] }> {
  const all = (await migrationsOfTheFolder()).map(({ sql }) => sql).join('\n');
  const names = (pattern: RegExp) => [...new Set([...all.matchAll(pattern)].map(([, name]) => name ?? ''))];
  return {
    tables: [NOTED, ...names(/^CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)"?/gim)],
    types: names(/^CREATE TYPE "?(\w+)"?/gim),
    functions: names(/^CREATE (?:OR REPLACE )?FUNCTION "?(\w+)"?/gim),
  };
}

/**
 * What Prisma has applied to the database, oldest first; undefined when it never was there.
 * @throws when a migration was not finished
 */
export async function migrationsOfDatabase(client: pg.Client): Promise<MigrationState[] | undefined> {
  const { rows: there } = await client.query('SELECT to_regclass($1) IS NOT NULL AS noted', [NOTED]);
  if (!there[0].noted) return undefined;
  const { rows } = await client.query<MigrationState & { done: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS done
     FROM ${NOTED} WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  const unfinished = rows.find(({ done }) => !done);
  if (unfinished)
    throw new Error(`The migration ${unfinished.name} was not finished: repair it first (pnpm db:migrate)`);
  return rows.map(({ name, checksum }) => ({ name, checksum }));
}

/**
 * The SQL of these migrations, from this clone.
 * @throws naming one that this clone does not have, or has with another text
 */
export async function sqlOf(migrations: readonly MigrationState[]): Promise<string[]> {
  const here = new Map((await migrationsOfTheFolder()).map((one) => [one.name, one]));
  return migrations.map(({ name, checksum }) => {
    const found = here.get(name);
    if (found?.checksum === checksum) return found.sql;
    const how = found ? 'has with another text' : 'does not have: use the release that made it, or a newer one';
    throw new Error(`It stands at the migration ${name}, which this clone ${how}.`);
  });
}

/** Those of our tables that the database has, each after those that it refers to. */
export async function ourTables(client: pg.Client): Promise<string[]> {
  const { tables } = await namesOfMigrations();
  const { rows } = await client.query<{ name: string; refers: string[] }>(
    `SELECT c.relname AS name, coalesce(array_agg(t.relname::text) FILTER (WHERE t.oid <> c.oid), '{}') AS refers
     FROM pg_class c LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f'
       LEFT JOIN pg_class t ON t.oid = k.confrelid
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname = ANY ($1)
     GROUP BY c.oid, c.relname ORDER BY c.relname`,
    [tables],
  );
  const ordered: string[] = [];
  while (ordered.length < rows.length) {
    const next = rows.filter(
      ({ name, refers }) => !ordered.includes(name) && refers.every((to) => ordered.includes(to)),
    );
    if (next.length === 0) throw new Error('the tables refer to each other in a circle');
    ordered.push(...next.map(({ name }) => name));
  }
  return ordered;
}
