import { expect, it } from 'vitest';
import { releases } from './releases.ts';

it('lets go in reverse order, also past one that fails', async () => {
  const order: string[] = [];
  const failures: unknown[] = [];
  const held = releases((error) => failures.push(error));
  await held.add(async () => void order.push('first'));
  await held.add(() => Promise.reject(new Error('stuck')));
  await held.add(async () => void order.push('third'));
  await held.all();
  expect(order).toEqual(['third', 'first']);
  expect(failures).toEqual([new Error('stuck')]);
});

it('lets go at once what was acquired too late', async () => {
  const order: string[] = [];
  const held = releases(() => {});
  await held.all();
  await held.add(async () => void order.push('late'));
  expect(order).toEqual(['late']);
});
