import type { Metrics } from '@baton/runtime';
import type { Postgres } from './pool-postgres.ts';

/** [O4] Shows the use of the connection pool. */
export function measureConnections(metrics: Metrics, postgres: Pick<Postgres, 'connections'>): void {
  metrics.gauge('baton_database_connections', 'Connections to Postgres', () => postgres.connections.total);
  metrics.gauge('baton_database_waiting', 'Queries that wait for a connection', () => postgres.connections.waiting);
}
