import { openPostgres, type Postgres } from '@baton/postgres';
import type { Log } from '@baton/runtime';

/** Tables are named without a schema; times are read as UTC. */
const ON_CONNECT = "SET search_path TO workspace; SET TIME ZONE 'UTC'";

export type Database = Pick<Postgres, 'statement' | 'transaction' | 'ping' | 'connections' | 'close'>;

export const openDatabase = (options: { url: string; poolMax: number; name: string; log: Log }): Database =>
  openPostgres({ ...options, onConnect: ON_CONNECT });
