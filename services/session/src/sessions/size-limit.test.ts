import type { MessageEntry, Session } from '@baton/contracts';
import { createLog } from '@baton/runtime';
import { expect, it } from 'vitest';
import type { Control } from '../control/control.ts';
import { createSizeLimit } from './size-limit.ts';

const log = createLog({ service: 'session', instance: 'test', level: 'silent' });
const message = (seq: number, content = 'a word') => ({ seq, content }) as MessageEntry;

function limited(options: { bytes?: number; entries?: number; random?: () => number } = {}) {
  const seen = { ended: [] as string[], measured: 0 };
  const limit = createSizeLimit({
    store: {
      measure: async () => {
        seen.measured++;
        return options.bytes ?? 0;
      },
    },
    control: {
      change: (async (sessionId: string) => {
        seen.ended.push(sessionId);
        return { kind: 'changed', session: {} as Session, wait: null };
      }) as Control['change'],
    },
    maxSize: { entries: options.entries ?? 100, bytes: 1_000_000 },
    log,
    ...(options.random && { random: options.random }),
  });
  return { ...limit, seen };
}

it('[S6] ends a session with the message that makes it too long, without any randomness', async () => {
  const { stored, settled, seen } = limited({ random: () => 1 });
  stored('a', [message(100)]);
  await settled();
  expect(seen).toEqual({ ended: [], measured: 0 });
  stored('a', [message(100), message(101)]);
  await settled();
  expect(seen.ended).toEqual(['a']);
});

it('[S6] finds a log with too many bytes soon', async () => {
  for (const content of ['a word', 'x'.repeat(16_000)]) {
    let written = 0;
    const { stored, settled, seen } = limited({ bytes: 1_000_001 });
    while (seen.ended.length === 0 && written < 2_000) {
      stored('a', [message(2, content)]);
      await settled();
      written++;
    }
    // Once in 50 messages on average: 40 times as many have a probability of e^-40.
    expect(written).toBeLessThan(2_000);
  }
});

it('measures rarely, and never one session twice at a time', async () => {
  const { stored, settled, seen } = limited({ bytes: 10 });
  for (let n = 0; n < 10_000; n++) {
    stored(`${n}`, [message(2)]);
  }
  await settled();
  expect(seen.measured).toBeGreaterThan(100);
  expect(seen.measured).toBeLessThan(400);
  const eager = limited({ bytes: 10, random: () => 0 });
  for (let n = 0; n < 100; n++) eager.stored('a', [message(2)]);
  await eager.settled();
  expect(eager.seen.measured).toBe(1);
});

it('reads a few rows for each message, however long the log is', async () => {
  const { stored, settled, seen } = limited({ entries: 5_000 });
  let rows = 0;
  for (let seq = 1; seq <= 5_000; seq++) {
    const before = seen.measured;
    stored('a', [message(seq)]);
    await settled();
    rows += (seen.measured - before) * seq;
  }
  // 40,000 on average, with a standard deviation of 10,000. Measured once in 50 messages it would be 250,000.
  expect(rows).toBeLessThan(120_000);
});
