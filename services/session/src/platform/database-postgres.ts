import { openPostgres, type Postgres } from '@baton/postgres';
import type { Log } from '@baton/runtime';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/client.ts';

/**
 * Prisma's adapter reads every time as UTC, so the session's zone is UTC.
 *
 * Named statements keep their first plan. All of them find rows by key or in index order for any values, and planning
 * an append again costs twice as much as executing it (measured: 1.35 ms of Postgres' CPU for one message, 0.49 ms
 * without planning).
 *
 * The first plan may be made on the first day, when a sequential scan of an empty table is cheapest. It would be kept
 * while the table grows (measured after some thousand messages: 108 µs of Postgres' CPU for each in a batch of 150,
 * instead of 32 µs), so sequential scans are disabled.
 */
const ON_CONNECT = "SET TIME ZONE 'UTC'; SET plan_cache_mode = 'force_generic_plan'; SET enable_seqscan = off";

export interface Database extends Pick<Postgres, 'statement' | 'ping' | 'connections' | 'close'> {
  /** For ordinary queries. It throws the errors of @baton/postgres, and retries write conflicts. */
  prisma: ReturnType<typeof translating>;
}

/**
 * Statements go directly to the driver, on the same connections as Prisma's queries: for one message, Prisma took
 * longer than Postgres took for a plain INSERT (measured: 0.13 ms).
 */
export function openDatabase(options: { url: string; poolMax: number; name: string; log: Log }): Database {
  const postgres = openPostgres({ ...options, onConnect: ON_CONNECT });
  const client = new PrismaClient({
    adapter: new PrismaPg(postgres.pool, {
      onConnectionError: (error) => options.log.warn({ detail: error.message }, 'a connection to Postgres was lost'),
    }),
  });
  return {
    prisma: translating(client, postgres.retried),
    statement: postgres.statement,
    ping: postgres.ping,
    get connections() {
      return postgres.connections;
    },
    async close() {
      await client.$disconnect();
      await postgres.close();
    },
  };
}

function translating(client: PrismaClient, retried: Postgres['retried']) {
  return client.$extends({
    query: { $allModels: { $allOperations: ({ args, query }) => retried(() => query(args)) } },
  });
}
