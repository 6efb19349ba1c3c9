import type { Metrics } from '@baton/runtime';
import type { Database } from './database-postgres.ts';

/** [O4] Shows the use of the connection pool. */
export function measureConnections(metrics: Metrics, database: Database): void {
  metrics.gauge('baton_database_connections', 'Connections to Postgres', () => database.connections.total);
  metrics.gauge('baton_database_waiting', 'Queries that wait for a connection', () => database.connections.waiting);
}
