import type { Metrics } from '@baton/runtime';
import type { Heartbeat } from './cluster/heartbeat.ts';
import { priorities } from './queue/order.ts';
import type { Repairs } from './queue/reconcile.ts';

/** [O4] The metrics of the queue. Every instance reports the same lengths: dashboards take the maximum. */
export function createQueueMetrics(metrics: Metrics, heartbeat: Heartbeat) {
  metrics.gaugeBy('baton_queue_waiting', 'Sessions in the queue', 'priority', () =>
    Object.fromEntries(priorities.map((priority) => [priority, heartbeat.latest?.lengths[priority] ?? 0])),
  );
  metrics.gauge('baton_queue_oldest_wait_seconds', 'Longest wait in the queue', () => {
    const { latest } = heartbeat;
    const starts = latest?.oldest.filter((start) => start !== null) ?? [];
    return latest === undefined || starts.length === 0 ? 0 : Math.max(0, latest.now - Math.min(...starts)) / 1_000;
  });
  const claims = metrics.counter('baton_queue_claims_total', 'Claims, by outcome', ['outcome']);
  const repairs = metrics.counter('baton_queue_repairs_total', 'Differences from Postgres that were repaired', [
    'direction',
  ]);
  const seconds = metrics.histogram('baton_queue_compare_seconds', 'Time to reconcile the queue with Postgres');

  return {
    claimed: (outcome: string) => claims.inc({ outcome }),
    reconciled: (found: Repairs, took: number) => {
      seconds.observe(took);
      for (const direction of ['added', 'moved', 'removed'] as const) repairs.inc({ direction }, found[direction]);
    },
  };
}
