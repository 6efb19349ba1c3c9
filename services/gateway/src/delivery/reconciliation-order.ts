const ACTIVE_MS = 60_000;
/** Time counts this many times more for a session with recent activity. */
const ACTIVE_WEIGHT = 15;

/**
 * Which sessions one round of reconciliation visits: all of them, up to `most`. If there are more, those that were
 * compared longest ago; the time since counts fifteenfold for sessions active within the last minute.
 */
export function chooseDue<Item extends { lastActiveAt: number; comparedAt: number }>(
  all: Item[],
  now: number,
  most: number,
): Item[] {
  if (all.length <= most) return all;
  const urgency = ({ lastActiveAt, comparedAt }: Item) =>
    (now - comparedAt) * (now - lastActiveAt < ACTIVE_MS ? ACTIVE_WEIGHT : 1);
  return all.toSorted((a, b) => urgency(b) - urgency(a)).slice(0, most);
}
