import { startDriver } from '../load/driver.ts';
import type { AnswerLoad, Ask } from '../load/protocol.ts';
import { startBaton } from '../processes/baton.ts';
import { cpuOf } from '../processes/cpu.ts';
import { startModel } from '../processes/model.ts';
import { spread } from '../statistics/quantiles.ts';
import { check, type Measurement } from './measure.ts';

const STREAMS = 200;
/** Fifty pieces in five seconds. A model's pieces are a token or a few; what costs is their number. */
const PACE = { firstTokenMs: 200, tokens: 50, tokensPerSecond: 10 };

/** How much later than the model's the first words are on the customer's screen. */
export const ai: Measurement = {
  name: 'ai',
  title: "streamed answers: what comes on top of the model's own time",
  async run({ backends, quick, profileFolder, say }) {
    const model = await startModel(backends, PACE);
    const baton = await startBaton({
      backends,
      name: 'ai',
      modelUrl: model.url,
      profileFolder,
      // The pause in which a burst of messages is awaited is chosen by the operator; it is not overhead.
      env: { BURST_QUIET_MS: '0' },
    });
    const driver = startDriver('answers.ts');
    const streams = quick ? 20 : STREAMS;
    await driver.order({ kind: 'start', url: baton.gateways[0], count: streams });
    const ask = (order: Omit<Ask, 'kind'>): Promise<AnswerLoad> => driver.order({ kind: 'ask', ...order });
    await ask({ streams: 1, each: 1, spreadMs: 0 });
    say('one stream at a time, then all at once');
    const alone = await ask({ streams: 1, each: quick ? 1 : 8, spreadMs: 0 });
    const spreadMs = (PACE.tokens / PACE.tokensPerSecond) * 1_000;
    // Warmed up by as many as are measured: what has run for one at a time is not yet compiled for many.
    if (!quick) await ask({ streams, each: 1, spreadMs });
    const { result: together, cpu } = await cpuOf(baton.processes, () =>
      ask({ streams, each: quick ? 1 : 4, spreadMs }),
    );
    await driver.stop();
    await baton.stop();
    await model.stop();
    const one = spread(alone.overheads);
    const many = spread(together.overheads);
    const perAnswer = Object.entries(cpu).map(
      ([name, seconds]) => [name, (seconds / together.answers) * 1_000] as const,
    );
    return {
      results: [
        { what: 'first words, one stream', value: one.median, p99: one.p99, unit: 'ms', note: "after the model's" },
        {
          what: `first words, ${streams} streams`,
          value: many.median,
          p99: many.p99,
          unit: 'ms',
          note: "after the model's",
        },
        {
          what: `CPU for an answer of ${PACE.tokens} pieces`,
          value: perAnswer.reduce((sum, [, milliseconds]) => sum + milliseconds, 0),
          unit: 'ms',
          note: perAnswer.map(([name, milliseconds]) => `${name} ${milliseconds.toFixed(1)}`).join(', '),
        },
      ],
      checks: [
        check(`first words with ${streams} streams, median`, many.median, { atMost: 10, unit: 'ms' }),
        check(`first words with ${streams} streams, p99`, many.p99, { atMost: 40, unit: 'ms' }),
      ],
    };
  },
};
