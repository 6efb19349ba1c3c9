import type { Priority } from '@baton/contracts';

/**
 * [Q1] The order of waiting. A session goes before another when its *order* is smaller: the start of its wait, in ms,
 * plus one step for each level below high. At a tie the higher level goes first, then the smaller id.
 *
 * The step is the ageing rule: with a step of N seconds, a session whose wait began more than N seconds before that of
 * a session one level above goes first. Without ageing the step is longer than any two waits can lie apart, which makes
 * priorities strict. The order of two sessions that are present never changes while they wait, so a place can be counted
 * in O(log n).
 *
 * [S6] A session whose customer has no page open is *away*: a place costs nothing to keep that way, and an agent who takes
 * it talks to nobody. It stands behind all present ones of its level, and among the other levels counts as if its wait
 * had begun no earlier than that of the last of these. Its own start is kept: back, it has its place again.
 */
export const levels = ['high', 'normal', 'low'] as const satisfies readonly Priority[];

/** Some 317 years in ms; three of it and a time of day still fit the 53 bits of a sorted set's score. */
const STRICT_STEP_MS = 10_000_000_000_000;

/** @param ageingSeconds 0 for strict priorities. */
export const stepOf = (ageingSeconds: number): number => (ageingSeconds === 0 ? STRICT_STEP_MS : ageingSeconds * 1_000);

export const levelOf = (priority: Priority): number => levels.indexOf(priority);

/** @throws when the level is none of 0, 1 and 2. */
export function priorityOf(level: number): Priority {
  const priority = levels[level];
  if (priority === undefined) throw new Error(`there is no level ${level}`);
  return priority;
}

export interface Place {
  sessionId: string;
  priority: Priority;
  /** ms */
  start: number;
  away?: boolean | undefined;
}

/** Whom to serve first: negative when `a` goes before `b`, while both are present. The scripts count by the same rule. */
export function compareOrder(a: Place, b: Place, stepMs: number): number {
  const [levelA, levelB] = [levelOf(a.priority), levelOf(b.priority)];
  const byOrder = a.start + levelA * stepMs - (b.start + levelB * stepMs);
  if (byOrder !== 0) return byOrder;
  return levelA - levelB || (a.sessionId < b.sessionId ? -1 : a.sessionId > b.sessionId ? 1 : 0);
}

/** All who wait, the first to be served first. */
export function inOrder<One extends Place>(places: readonly One[], stepMs: number): One[] {
  const lastPresent = new Map<Priority, number>();
  for (const { priority, start, away } of places)
    if (!away) lastPresent.set(priority, Math.max(start, lastPresent.get(priority) ?? 0));
  const counted = (one: One): Place =>
    one.away ? { ...one, start: Math.max(one.start, lastPresent.get(one.priority) ?? 0) } : one;
  return places.toSorted((a, b) => {
    if (a.priority !== b.priority) return compareOrder(counted(a), counted(b), stepMs);
    return Number(a.away ?? false) - Number(b.away ?? false) || compareOrder(a, b, stepMs);
  });
}
