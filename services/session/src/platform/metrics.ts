import type { SessionStatus } from '@baton/contracts';
import { type Log, type Loop, type Metrics, startLoop } from '@baton/runtime';
import type { Database } from './database-postgres.ts';

const COUNT_EVERY_MS = 15_000;
const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000];

/** [O4] Requests, their times and refusals are counted by the runtime; these are this service's own. */
export function sessionMetrics(metrics: Metrics, database: Database) {
  const size = metrics.histogram('baton_append_batch_messages', 'Messages in one batch of appends', [], SIZES);
  const seconds = metrics.histogram('baton_append_batch_seconds', 'Time to write one batch of appends');
  metrics.gauge('baton_database_connections', 'Connections to Postgres', () => database.connections.total);
  metrics.gauge('baton_database_waiting', 'Queries that wait for a connection', () => database.connections.waiting);
  const open = (status: SessionStatus) =>
    metrics.gauge(`baton_sessions_${status}`, `Sessions in state ${status}, of all instances`);
  const gauges = { bot: open('bot'), waiting: open('waiting'), agent: open('agent') };
  return {
    batch(batch: { messages: number; seconds: number }) {
      size.observe(batch.messages);
      seconds.observe(batch.seconds);
    },
    open(counts: { bot: number; waiting: number; agent: number }) {
      gauges.bot.set(counts.bot);
      gauges.waiting.set(counts.waiting);
      gauges.agent.set(counts.agent);
    },
  };
}

/** Keeps the figures of open sessions up to date. They are the same from every instance: take one, not the sum. */
export function startCountingOpen<Counts>(options: {
  count: () => Promise<Counts>;
  show: (counts: Counts) => void;
  log: Log;
}): Loop {
  const { count, show, log } = options;
  return startLoop({
    name: 'counting open sessions',
    everyMs: COUNT_EVERY_MS,
    log,
    run: async () => show(await count()),
  });
}
