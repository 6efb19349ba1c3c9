import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AWAY_AFTER_MS, openCustomerConnection } from './customer-connection.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A view with the findings of its looks, in order; the last one stays. */
function viewed(...findings: (boolean | undefined | Promise<boolean>)[]) {
  const told: boolean[] = [];
  let looks = 0;
  const view = openCustomerConnection({
    look: async () => findings[Math.min(looks++, findings.length - 1)],
    tell: (present) => told.push(present),
  });
  return { view, told, looks: () => looks };
}

it('[M6] tells what is found first, and only changes after that', async () => {
  const { view, told } = viewed(true);
  await view.reconcile();
  await view.reconcile();
  view.arrived();
  expect(told).toEqual([true]);
});

it('[M6] counts an absence only when it is seen twice', async () => {
  const { view, told } = viewed(true, false, true);
  await view.reconcile();
  await view.reconcile();
  await vi.advanceTimersByTimeAsync(AWAY_AFTER_MS);
  expect(told).toEqual([true]);
});

it('[M6] looks again some time after a page has left, once for all that left meanwhile', async () => {
  const { view, told, looks } = viewed(true, false);
  await view.reconcile();
  view.left();
  await vi.advanceTimersByTimeAsync(AWAY_AFTER_MS - 1);
  view.left();
  expect(told).toEqual([true]);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(10 * AWAY_AFTER_MS);
  expect(looks()).toBe(2);
});

it('[M6] takes an arrival for newer than what a look sees that began before it', async () => {
  let see = (_: boolean) => {};
  const seen = new Promise<boolean>((resolve) => {
    see = resolve;
  });
  const { view, told } = viewed(false, seen);
  view.arrived();
  view.left();
  await vi.advanceTimersByTimeAsync(AWAY_AFTER_MS);
  await vi.advanceTimersByTimeAsync(AWAY_AFTER_MS);
  const looking = view.reconcile();
  view.arrived();
  see(false);
  await looking;
  await vi.advanceTimersByTimeAsync(AWAY_AFTER_MS);
  expect(told).toEqual([true, false, true]);
});

it('[M6] concludes nothing while it cannot be known, nor after its end', async () => {
  const { view, told } = viewed(true, undefined, undefined, false);
  await view.reconcile();
  await view.reconcile();
  view.left();
  await vi.advanceTimersByTimeAsync(AWAY_AFTER_MS);
  expect(told).toEqual([true]);
  view.left();
  view.stop();
  await vi.advanceTimersByTimeAsync(AWAY_AFTER_MS);
  expect(told).toEqual([true]);
});
