/** A process has read from another, or begun to write to it. */
export interface Passing {
  atMicros: number;
  who: string;
  kind: 'read' | 'write';
  peer: string;
}

/** What happens to a message, in order: who reads or writes, and to whom. */
export type Path = readonly (readonly [who: string, kind: 'read' | 'write', peer: string])[];

/** Longer is no message on its own. */
const GIVEN_UP_MICROS = 20_000;

/**
 * Follows one message after the other along a path: from each passing that is the first of the path, the first that
 * follows of the next, and so on, before the next message begins. Messages are to come so seldom that they do not meet;
 * one of which not all is found is left out.
 * @param passings sorted by time
 * @returns of each message, the microseconds of each step
 */
export function follow(passings: readonly Passing[], path: Path): number[][] {
  const is = (passing: Passing, [who, kind, peer]: Path[number]) =>
    passing.who === who && passing.kind === kind && passing.peer === peer;
  const first = path[0];
  if (first === undefined) return [];
  const starts = passings.flatMap((passing, index) => (is(passing, first) ? [index] : []));
  return starts.flatMap((start, number) => {
    const begun = passings[start]?.atMicros ?? 0;
    const times = [begun];
    for (const passing of passings.slice(start + 1, starts[number + 1])) {
      if (passing.atMicros > begun + GIVEN_UP_MICROS) break;
      const next = path[times.length];
      if (next !== undefined && is(passing, next)) times.push(passing.atMicros);
    }
    return times.length < path.length ? [] : [times.slice(1).map((at, step) => at - (times[step] ?? 0))];
  });
}
