import type { SessionStatus } from '@baton/contracts';
import { type Log, type Loop, type Metrics, startLoop } from '@baton/runtime';
import type { StatisticsStore } from './store-postgres.ts';

const EVERY_MS = 15_000;

/** [O4] Counts open sessions as metrics. Every instance counts the same: take the value of one, not the sum. */
export function startOpenSessionsLoop(parts: {
  store: Pick<StatisticsStore, 'countOpen'>;
  metrics: Metrics;
  log: Log;
}): Loop {
  const { store, metrics, log } = parts;
  const gauge = (status: SessionStatus) =>
    metrics.gauge(`baton_sessions_${status}`, `Sessions in state ${status}, of all instances`);
  const gauges = { bot: gauge('bot'), waiting: gauge('waiting'), agent: gauge('agent') };
  return startLoop({
    name: 'counting open sessions',
    everyMs: EVERY_MS,
    log,
    run: async () => {
      const counts = await store.countOpen();
      gauges.bot.set(counts.bot);
      gauges.waiting.set(counts.waiting);
      gauges.agent.set(counts.agent);
    },
  });
}
