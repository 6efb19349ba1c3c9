import type { Priority } from '@baton/contracts';

/**
 * [Q1] The order of the queue. A session is ahead of another when its *order* is smaller: the start of its wait in ms,
 * plus one step for each priority below high. Ties go to the higher priority, then to the smaller id.
 *
 * The step is the ageing rule: with a step of N seconds, a session that has waited more than N seconds longer than one
 * of the next higher priority is ahead of it. Without ageing the step is longer than any two waits can be apart, which
 * makes priorities strict. The order of two present sessions never changes while they wait, so a position is counted in
 * O(log n).
 *
 * [S6] A session whose customer has no page open is *away*: otherwise keeping a position would cost nothing, and the
 * agent who claims it would talk to nobody. It sorts behind all present sessions of its priority. Among the other
 * priorities it counts as if its wait had started no earlier than the last of these. Its own start is kept, so a
 * customer who returns has the old position again.
 */
export const priorities = ['high', 'normal', 'low'] as const satisfies readonly Priority[];

/** About 317 years in ms. Three steps and a time of day still fit the 53 bits of a sorted set's score. */
const STRICT_STEP_MS = 10_000_000_000_000;

/** @param ageingSeconds 0 for strict priorities. */
export const stepOf = (ageingSeconds: number): number => (ageingSeconds === 0 ? STRICT_STEP_MS : ageingSeconds * 1_000);

/** As the scripts number priorities: 0 high, 1 normal, 2 low. */
export const indexOf = (priority: Priority): number => priorities.indexOf(priority);

/** @throws when the index is none of 0, 1 and 2. */
export function priorityAt(index: number): Priority {
  const priority = priorities[index];
  if (priority === undefined) throw new Error(`there is no priority ${index}`);
  return priority;
}

export interface Waiter {
  sessionId: string;
  priority: Priority;
  /** ms */
  start: number;
  away?: boolean | undefined;
}

/** Negative when `a` is ahead of `b`, while both are present. The scripts count by the same rule. */
export function compareOrder(a: Waiter, b: Waiter, stepMs: number): number {
  const [indexA, indexB] = [indexOf(a.priority), indexOf(b.priority)];
  const byOrder = a.start + indexA * stepMs - (b.start + indexB * stepMs);
  if (byOrder !== 0) return byOrder;
  return indexA - indexB || (a.sessionId < b.sessionId ? -1 : a.sessionId > b.sessionId ? 1 : 0);
}

/** The whole queue, the next session to serve first. */
export function inOrder<One extends Waiter>(waiters: readonly One[], stepMs: number): One[] {
  const lastPresent = new Map<Priority, number>();
  for (const { priority, start, away } of waiters)
    if (!away) lastPresent.set(priority, Math.max(start, lastPresent.get(priority) ?? 0));
  const counted = (one: One): Waiter =>
    one.away ? { ...one, start: Math.max(one.start, lastPresent.get(one.priority) ?? 0) } : one;
  return waiters.toSorted((a, b) => {
    if (a.priority !== b.priority) return compareOrder(counted(a), counted(b), stepMs);
    return Number(a.away ?? false) - Number(b.away ?? false) || compareOrder(a, b, stepMs);
  });
}
