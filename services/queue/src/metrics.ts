import type { Metrics } from '@baton/runtime';
import type { Heart } from './cluster/heartbeat.ts';
import { levels } from './queue/order.ts';
import type { Repairs } from './queue/reconcile.ts';

/** [O4] The numbers of the queue. What is waiting is the same in every instance: dashboards take the maximum. */
export function createQueueMetrics(metrics: Metrics, heart: Heart) {
  metrics.gaugeBy('baton_queue_waiting', 'Sessions in line', 'priority', () =>
    Object.fromEntries(levels.map((level) => [level, heart.latest?.lengths[level] ?? 0])),
  );
  metrics.gauge('baton_queue_oldest_wait_seconds', 'Longest wait of those in line', () => {
    const { latest } = heart;
    const starts = latest?.oldest.filter((start) => start !== null) ?? [];
    return latest === undefined || starts.length === 0 ? 0 : Math.max(0, latest.now - Math.min(...starts)) / 1_000;
  });
  const claims = metrics.counter('baton_queue_claims_total', 'Claims, by how they ended', ['outcome']);
  const repairs = metrics.counter('baton_queue_repairs_total', 'Differences from the record that were put right', [
    'direction',
  ]);
  const compareSeconds = metrics.histogram('baton_queue_compare_seconds', 'Time to compare the line with the record');

  return {
    claimed: (outcome: string) => claims.inc({ outcome }),
    compared: (found: Repairs, seconds: number) => {
      compareSeconds.observe(seconds);
      for (const direction of ['added', 'moved', 'removed'] as const) repairs.inc({ direction }, found[direction]);
    },
  };
}
