import pg from 'pg';
import type { World } from '../world/world.ts';
import type { Heal } from './fault.ts';

export async function asAdmin(world: World, act: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: new URL('/postgres', world.databaseUrl).toString() });
  admin.on('error', () => {});
  await admin.connect();
  try {
    await act(admin);
  } finally {
    await admin.end();
  }
}

/** Takes every connection that Postgres gives, and ends those of the services, so that they find none. */
export async function exhaustConnections(world: World): Promise<Heal> {
  const taken: pg.Client[] = [];
  const take = async () => {
    const client = new pg.Client({ connectionString: new URL('/postgres', world.databaseUrl).toString() });
    client.on('error', () => {});
    await client.connect();
    taken.push(client);
  };
  const fill = async () => {
    for (;;) {
      const results = await Promise.allSettled(Array.from({ length: 20 }, take));
      if (results.some(({ status }) => status === 'rejected')) return;
    }
  };
  await fill();
  await taken[0]?.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [world.root]);
  await fill();
  return async () => void (await Promise.all(taken.map((client) => client.end().catch(() => {}))));
}
