/** A figure at a moment. */
export interface Sample {
  at: number;
  value: number;
}

/** The last samples of a figure, one an interval at most, for as long as the page is open. */
export function remember(samples: readonly Sample[], next: Sample, keepMs: number): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && next.at <= last.at) return samples;
  return [...samples.filter(({ at }) => at > next.at - keepMs), next];
}

/**
 * A line through the samples as the points of an SVG polyline, in a box of this size; the newest is at the right edge.
 */
export function polyline(samples: readonly Sample[], box: { width: number; height: number; spanMs: number }): string {
  const last = samples.at(-1);
  if (last === undefined) return '';
  const top = Math.max(1, ...samples.map(({ value }) => value));
  return samples
    .map(({ at, value }) => {
      const x = box.width * (1 - (last.at - at) / box.spanMs);
      return `${x.toFixed(1)},${(box.height * (1 - value / top)).toFixed(1)}`;
    })
    .join(' ');
}
