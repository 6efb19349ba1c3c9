import { expect, it } from 'vitest';
import { until } from './index.ts';

it('gives what the condition gave, once it is truthy', async () => {
  let looks = 0;
  const value = await until(() => (++looks < 3 ? undefined : { looks }), { every: 1 });
  expect(value).toEqual({ looks: 3 });
});

it('takes a condition that throws for one that does not hold yet', async () => {
  let looks = 0;
  const value = await until(() => {
    if (++looks < 3) throw new Error('not there');
    return 'there';
  });
  expect(value).toBe('there');
});

it('says what it waited for and what it saw last', async () => {
  const waiting = until(() => Promise.resolve(0), { within: 30, what: 'the moon' });
  await expect(waiting).rejects.toThrow('Not within 30 ms: the moon (the last look saw 0)');
  const failing = until(() => Promise.reject(new Error('clouds')), { within: 30 });
  await expect(failing).rejects.toThrow(/Promise\.reject.*\(the last look failed: clouds\)/);
});
