/** A promise that the history shows to be broken. */
export interface Violation {
  /** The promise, or what else must hold: 'M1', 'C4', 'leak', 'exit', 'answer'. */
  rule: string;
  /** What was seen, for people. */
  says: string;
  /** When, in ms since 1970, if it has a time. */
  at?: number;
}

/** Past so many, more of the same rule say nothing new. */
const SHOWN_PER_RULE = 20;

export function atMost(violations: readonly Violation[]): Violation[] {
  const seen = new Map<string, number>();
  return violations.filter(({ rule }) => {
    const count = (seen.get(rule) ?? 0) + 1;
    seen.set(rule, count);
    return count <= SHOWN_PER_RULE;
  });
}
