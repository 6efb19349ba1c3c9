import type { Session } from '@baton/contracts';
import { createLog } from '@baton/runtime';
import { expect, it } from 'vitest';
import type { Control } from '../control/control.ts';
import { createSizeLimit } from './size-limit.ts';

const log = createLog({ service: 'session', instance: 'test', level: 'silent' });

/** @param fails how many of the first attempts to end a session fail */
function limited({ fails = 0 } = {}) {
  const ended: string[] = [];
  let attempts = 0;
  const limit = createSizeLimit({
    control: {
      change: (async (sessionId: string) => {
        if (++attempts <= fails) throw new Error('Postgres is away');
        ended.push(sessionId);
        return { kind: 'changed', session: {} as Session, wait: null };
      }) as Control['change'],
    },
    maxSize: { entries: 100, bytes: 1_000 },
    log,
  });
  return { ...limit, ended };
}

it('[S6] ends a session with the message that makes it too long, by entries or by bytes', async () => {
  const { grown, settled, ended } = limited();
  grown('long', { entries: 100, bytes: 1_000 });
  await settled();
  expect(ended).toEqual([]);
  grown('long', { entries: 101, bytes: 10 });
  grown('large', { entries: 2, bytes: 1_001 });
  await settled();
  expect(ended).toEqual(['long', 'large']);
});

it('ends a session once, whatever follows meanwhile, and again if that failed', async () => {
  const { grown, settled, ended } = limited({ fails: 1 });
  for (const entries of [101, 102, 103]) grown('a', { entries, bytes: 10 });
  await settled();
  expect(ended).toEqual([]);
  for (const entries of [104, 105]) grown('a', { entries, bytes: 10 });
  await settled();
  expect(ended).toEqual(['a']);
});
