import type { FaultKind } from './fault.ts';
import { faultKinds } from './fault-kinds.ts';
import type { Random } from './random.ts';

/** One fault: what, to what, when and for how long, in ms from the start. */
export interface Planned {
  kind: string;
  target: string;
  at: number;
  holdMs: number;
}

/** Rare faults are long: only runs of at least this length have them. */
const LONG_RUN_MS = 300_000;
/** How long the parts of a fault are left alone after it has healed. */
const REST_MS = 700;

/**
 * Faults throughout `forMs`, at most `atOnce` of them at a time and never two on one part. Every pair of kind and
 * target comes once before any comes again; rare ones come only once. The same random stream plans the same faults.
 */
export function plan(options: {
  random: Random;
  forMs: number;
  atOnce: number;
  /** Mean time between the beginnings of two faults, in ms. */
  everyMs: number;
  kinds?: Record<string, Pick<FaultKind, 'targets' | 'parts' | 'holdMs' | 'seldom'>>;
}): Planned[] {
  const { random, forMs, atOnce, kinds = faultKinds } = options;
  const pairsOf = (seldom: boolean) =>
    Object.entries(kinds).flatMap(([kind, { targets, seldom: isSeldom = false }]) =>
      isSeldom === seldom ? targets.map((target) => ({ kind, target })) : [],
    );
  const pairs = pairsOf(false);
  const planned: (Planned & { until: number; parts: string[] })[] = [];
  let deck = forMs < LONG_RUN_MS ? [] : shuffled([...pairs, ...pairsOf(true)], random);
  for (let at = 0; at < forMs; at += Math.round(options.everyMs * (0.5 + random.next()))) {
    const active = planned.filter(({ until }) => until > at);
    if (active.length >= atOnce) continue;
    const busy = new Set(active.flatMap(({ parts }) => parts));
    const isFree = ({ kind, target }: { kind: string; target: string }) =>
      kinds[kind]?.parts(target).every((part) => !busy.has(part)) ?? false;
    if (!deck.some(isFree)) deck = [...deck, ...shuffled(pairs, random)];
    const index = deck.findIndex(isFree);
    const [chosen] = index < 0 ? [] : deck.splice(index, 1);
    const fault = chosen && kinds[chosen.kind];
    if (chosen === undefined || fault === undefined) continue;
    const holdMs = Math.min(random.int(...(fault.holdMs as [number, number])), Math.max(0, forMs - at));
    planned.push({ ...chosen, at, holdMs, until: at + holdMs + REST_MS, parts: fault.parts(chosen.target) });
  }
  return planned.map(({ kind, target, at, holdMs }) => ({ kind, target, at, holdMs }));
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
