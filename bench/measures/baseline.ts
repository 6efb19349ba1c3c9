import { startBaseline } from '../baseline/start-baseline.ts';
import { startDriver } from '../load/driver.ts';
import { startModel } from '../processes/model.ts';
import { spread } from '../statistics/quantiles.ts';
import type { Measurement } from './measure.ts';

const PER_SECOND = 50;

/** What no design of this kind can do without, on this machine, now. */
export const baseline: Measurement = {
  name: 'floor',
  title: 'the baseline: what the parts cost by themselves',
  async run({ backends, quick }) {
    const seconds = quick ? 2 : 20;
    const started = await startBaseline(backends);
    await started.measure(PER_SECOND, 2);
    const times = await started.measure(PER_SECOND, seconds);
    await started.stop();
    const model = await startModel(backends, { firstTokenMs: 20, tokens: 10, tokensPerSecond: 100 });
    const driver = startDriver('answers.ts');
    const direct: number[] = await driver.order({ kind: 'direct', url: model.url, count: quick ? 10 : 100 });
    await driver.stop();
    await model.stop();
    const result = (what: string, values: number[], note = '') => {
      const { median, p99 } = spread(values);
      return { what, value: median, p99, unit: 'ms' as const, note };
    };
    return {
      results: [
        result('Socket.IO event and acknowledgement', times.echo),
        result('NATS request and reply', times.request),
        result('commit of one row', times.commit),
        result('the three in a row', times.path, 'the baseline of a message'),
        result('commit of 100 rows in one statement', times.batchCommit),
        result('one Redis script', times.script),
        result('first token through the SDK, after the model had it', direct),
      ],
      checks: [],
    };
  },
};
