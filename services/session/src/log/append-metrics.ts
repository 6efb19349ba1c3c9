import type { Metrics } from '@baton/runtime';

const MESSAGES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000];

/** [O4] The size and time of each batch of appends. The runtime counts requests, their times and refusals. */
export function appendMetrics(metrics: Metrics) {
  const size = metrics.histogram('baton_append_batch_messages', 'Messages in one batch of appends', [], MESSAGES);
  const seconds = metrics.histogram('baton_append_batch_seconds', 'Time to write one batch of appends');
  return (batch: { messages: number; seconds: number }): void => {
    size.observe(batch.messages);
    seconds.observe(batch.seconds);
  };
}
