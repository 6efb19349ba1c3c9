/** How many steps the search goes up while a rate is sustained. */
const STRIDE = 5;
const MOST_OFFERS = 2;

/**
 * The highest rate that is sustained, to within `precision` (0.05: five per cent). Rates are steps of that size above
 * and below `from`, so that searches of the same kind ask for the same ones: goes up by strides until one is not
 * sustained, or down until one is, then halves between the last two. `attempt` offers a rate and says whether it was
 * sustained; one failure may be the machine's, so a rate counts as too high when it failed twice.
 */
export async function highestRate(options: {
  from: number;
  precision: number;
  attempt: (perSecond: number) => Promise<boolean>;
}): Promise<number> {
  const rateOf = (step: number) => options.from * (1 + options.precision) ** step;
  const sustains = async (step: number) =>
    (await options.attempt(rateOf(step))) || (await options.attempt(rateOf(step)));
  let low = 0;
  let high = STRIDE;
  if (await sustains(0)) {
    for (; await sustains(high); high += STRIDE) low = high;
  } else {
    high = 0;
    for (low = -STRIDE; rateOf(low) > 1 && !(await sustains(low)); low -= STRIDE) high = low;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await sustains(middle)) low = middle;
    else high = middle;
  }
  return rateOf(low);
}

/**
 * Remembers what came of each rate, so that a second search does not offer again what the first has: each rate is
 * offered twice at most.
 */
export function remembered<Run>(offer: (perSecond: number) => Promise<Run>) {
  const runs = new Map<number, Run[]>();
  /** A search: `enough` says whether a run counts as sustained. */
  return (enough: (run: Run, perSecond: number) => boolean) =>
    async (perSecond: number): Promise<boolean> => {
      const key = Math.round(perSecond * 1_000);
      const known = runs.get(key) ?? [];
      runs.set(key, known);
      if (known.some((run) => enough(run, perSecond))) return true;
      if (known.length >= MOST_OFFERS) return false;
      const run = await offer(perSecond);
      known.push(run);
      return enough(run, perSecond);
    };
}
