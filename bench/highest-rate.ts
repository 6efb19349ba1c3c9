/**
 * The highest rate that is sustained, to within `precision` (0.05: five per cent): goes up by steps until one is not,
 * then halves between the last two. `attempt` offers a rate and says whether it was sustained; one failure may be the
 * machine's, so a rate counts as too high when it failed twice.
 */
export async function highestRate(options: {
  from: number;
  precision: number;
  attempt: (perSecond: number) => Promise<boolean>;
}): Promise<number> {
  const sustains = async (perSecond: number) =>
    (await options.attempt(perSecond)) || (await options.attempt(perSecond));
  let low = 0;
  let high = options.from;
  while (await sustains(high)) {
    low = high;
    high *= 1.6;
  }
  if (low === 0) {
    while (high > 1 && !(await sustains(high / 2))) high /= 2;
    low = high / 2;
  }
  while (high / low > 1 + options.precision) {
    const middle = Math.sqrt(low * high);
    if (await sustains(middle)) low = middle;
    else high = middle;
  }
  return low;
}
