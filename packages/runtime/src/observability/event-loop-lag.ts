import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/**
 * How often the loop is asked. prom-client's monitor asks a hundred times a second, and wakes an idle process as often:
 * that was most of what one cost (measured: 6 of 9 ms of CPU time a second), and no dashboard looks that closely.
 */
const SAMPLED_EVERY_MS = 100;
/** The longest time between samples that a timer takes: for prom-client's monitor, which cannot be left out. */
export const NEVER_MS = 2 ** 31 - 1;

/**
 * How late the event loop was since the last scrape, in place of prom-client's values and under their names, by which
 * dashboards for Node know them. Node counts the time between two samples as delay; here it is taken off.
 */
export function observeEventLoop(registry: Registry): void {
  const delay = monitorEventLoopDelay({ resolution: SAMPLED_EVERY_MS });
  delay.enable();
  const values = {
    min: () => delay.min,
    max: () => delay.max,
    mean: () => delay.mean,
    p50: () => delay.percentile(50),
    p90: () => delay.percentile(90),
    p99: () => delay.percentile(99),
  };
  for (const unused of ['stddev', ...Object.keys(values)]) registry.removeSingleMetric(nameOf(unused));
  const gauges = new Map<string, Gauge>();
  for (const value of Object.keys(values)) {
    const help = `How late the event loop was since the last scrape, in seconds: ${value}.`;
    gauges.set(value, new Gauge({ name: nameOf(value), help, registers: [registry], collect }));
  }
  /** The first that is scraped reads all of them, as what it reads begins anew then. */
  function collect() {
    if (delay.count === 0) return;
    for (const [value, nanoseconds] of Object.entries(values))
      gauges.get(value)?.set(Math.max(0, nanoseconds() / 1e9 - SAMPLED_EVERY_MS / 1e3));
    delay.reset();
  }
}

const nameOf = (value: string) => `nodejs_eventloop_lag_${value}_seconds`;
