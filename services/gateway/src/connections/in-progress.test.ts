import { expect, it } from 'vitest';
import { createInProgress } from './in-progress.ts';

it('is settled when all that one has begun has ended, whatever others do', async () => {
  const inProgress = createInProgress<string>();
  await inProgress.settled('a');
  const done: string[] = [];
  for (const owner of ['a', 'a', 'b']) inProgress.begin(owner);
  for (const wait of ['first', 'second']) void inProgress.settled('a').then(() => done.push(wait));
  inProgress.end('a');
  await Promise.resolve();
  expect(done).toEqual([]);
  inProgress.begin('a');
  inProgress.end('a');
  inProgress.end('a');
  await Promise.resolve();
  expect(done).toEqual(['first', 'second']);
  await inProgress.settled('a');
  inProgress.end('b');
  await inProgress.settled('b');
});
