const ACTIVE_MS = 60_000;
/** How much sooner the turn of a session with recent activity comes. */
const ACTIVE_WEIGHT = 15;

/**
 * Which sessions to compare in this round: all while they are few. When there are more than `most`, those whose last
 * comparison is longest ago, where for sessions active within the last minute time counts fifteen times.
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
