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
 * How late the event loop was since the last scrape, in place of prom-client's figures and under their names, by which
 * dashboards for Node know them. Node counts the time between two samples as delay; here it is taken off.
 */
export function observeEventLoop(registry: Registry): void {
  const delay = monitorEventLoopDelay({ resolution: SAMPLED_EVERY_MS });
  delay.enable();
  const figures = {
    min: () => delay.min,
    max: () => delay.max,
    mean: () => delay.mean,
    p50: () => delay.percentile(50),
    p90: () => delay.percentile(90),
    p99: () => delay.percentile(99),
  };
  for (const unused of ['stddev', ...Object.keys(figures)]) registry.removeSingleMetric(nameOf(unused));
  const gauges = new Map<string, Gauge>();
  for (const figure of Object.keys(figures)) {
    const help = `How late the event loop was since the last scrape, in seconds: ${figure}.`;
    gauges.set(figure, new Gauge({ name: nameOf(figure), help, registers: [registry], collect }));
  }
  /** The first that is scraped reads all of them, as what it reads begins anew then. */
  function collect() {
    if (delay.count === 0) return;
    for (const [figure, nanoseconds] of Object.entries(figures))
      gauges.get(figure)?.set(Math.max(0, nanoseconds() / 1e9 - SAMPLED_EVERY_MS / 1e3));
    delay.reset();
  }
}

const nameOf = (figure: string) => `nodejs_eventloop_lag_${figure}_seconds`;
