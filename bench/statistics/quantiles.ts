/** What is told of many measured values. */
export interface Spread {
  count: number;
  median: number;
  p99: number;
  max: number;
}

/**
 * The value below which the share `q` (0 … 1) of the values lies: nearest rank, so it is always a value that was
 * measured. NaN for none.
 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return nearestRank(sorted, q);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    median: nearestRank(sorted, 0.5),
    p99: nearestRank(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

function nearestRank(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
