import { median } from './quantiles.ts';

/** Something that is measured beside others. */
export type Contestants<Name extends string, Figure> = Record<Name, () => Promise<Figure>>;

/**
 * Measures the contestants in turn, round after round, so that what else the machine does meanwhile meets all of them
 * alike; every other round goes backwards, so that none always follows the same one. The warm-up rounds do not count.
 * @returns the figures of each, one for each round
 */
export async function alternate<Name extends string, Figure>(
  rounds: { warmUp: number; counted: number },
  contestants: Contestants<Name, Figure>,
): Promise<Record<Name, Figure[]>> {
  const names = Object.keys(contestants) as Name[];
  // Every name gets its list here, which is what the type says.
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Figure[]>;
  for (let round = -rounds.warmUp; round < rounds.counted; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const figure = await contestants[name]();
      if (round >= 0) figures[name].push(figure);
    }
  }
  return figures;
}

/** The median over the rounds of one number of each figure. */
export const medianOf = <Figure>(figures: readonly Figure[], number: (figure: Figure) => number): number =>
  median(figures.map(number));
