import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { NEVER_MS, observeEventLoop } from './event-loop-lag.ts';

/** The metrics of one process. Names begin with `baton_`; units are in the name, as Prometheus asks. */
export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MS });
  observeEventLoop(registry);
  const registers = [registry];
  return {
    registry,
    counter: <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
      new Counter({ name, help, labelNames, registers }),
    /** `collect` is called at each scrape. */
    gauge: (name: string, help: string, collect?: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        ...(collect && {
          collect() {
            this.set(collect());
          },
        }),
      }),
    /** One figure for each value of a label. `collect` is called at each scrape. */
    gaugeBy: <L extends string>(name: string, help: string, label: L, collect: () => Record<string, number>) =>
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          for (const [value, figure] of Object.entries(collect())) this.labels(value).set(figure);
        },
      }),
    histogram: <L extends string>(
      name: string,
      help: string,
      labelNames: readonly L[] = [],
      buckets = latencyBuckets,
    ) => new Histogram({ name, help, labelNames, buckets, registers }),
  };
}
export type Metrics = ReturnType<typeof createMetrics>;

/** Seconds, from half a millisecond to ten seconds. */
const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
