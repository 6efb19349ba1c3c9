import { randomBytes } from 'node:crypto';
import { until } from '@baton/testkit';
import { inject, onTestFinished } from 'vitest';
import { dropDatabase, openDatabases } from '../src/adapter-postgres.ts';
import { KnownFailure } from '../src/failures/failure.ts';
import { readTarget } from '../src/target.ts';

/** The URL of a database that is not there yet, and will not be there after the test. */
export function scratchDatabase(): string {
  const url = new URL(inject('backends').databaseUrl);
  url.pathname = `/schema_engine_${randomBytes(6).toString('hex')}`;
  onTestFinished(async () => {
    await dropDatabase(readTarget(url.href)).catch((error: unknown) => {
      if (!(error instanceof KnownFailure && error.code === 'P1003')) throw error;
    });
  });
  return url.href;
}

/** The rows of a query. */
export async function rowsOf(url: string, sql: string): Promise<unknown[][]> {
  const databases = openDatabases(readTarget(url), undefined);
  try {
    const adapter = await databases.factory.connect();
    return (await adapter.queryRaw({ sql, args: [], argTypes: [] })).rows;
  } finally {
    await databases.close();
  }
}

/** Fails when databases in which migrations are tried out stay: one may be there, in use, for a moment. */
export async function expectNoShadowDatabase(url: string): Promise<void> {
  const sql = `SELECT 1 FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow_db_%'`;
  await until(async () => (await rowsOf(url, sql)).length === 0);
}
