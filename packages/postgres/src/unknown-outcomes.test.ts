import { createLog, Unavailable } from '@baton/runtime';
import { expect, it } from 'vitest';
import { OutcomeUnknown, withUnknownOutcomes } from './index.ts';

const log = createLog({ service: 'test', instance: 'test', level: 'silent' });
const failing = (error: Error) => () => Promise.reject(error);

it('[O2] a request whose connection broke may or may not be done, and every other fault is what it was', async () => {
  const gone = new Unavailable('on purpose');
  const handlers = withUnknownOutcomes(log, {
    broken: failing(new OutcomeUnknown('on purpose')),
    gone: failing(gone),
    well: ({ n }: { n: number }) => Promise.resolve({ ok: true, value: n }),
  });
  expect(await handlers.broken()).toMatchObject({ ok: false, code: 'TIMEOUT' });
  await expect(handlers.gone()).rejects.toBe(gone);
  expect(await handlers.well({ n: 7 })).toEqual({ ok: true, value: 7 });
});
