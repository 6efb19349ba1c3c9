import { median } from './quantiles.ts';

/** Something that is measured beside others. */
export type Contestants<Name extends string, Result> = Record<Name, () => Promise<Result>>;

/**
 * Measures the contestants in turn, round after round, so that what else the machine does meanwhile meets all of them
 * alike; every other round goes backwards, so that none always follows the same one. The warm-up rounds do not count.
 * @returns the results of each, one for each round
 */
export async function alternate<Name extends string, Result>(
  rounds: { warmUp: number; counted: number },
  contestants: Contestants<Name, Result>,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(contestants) as Name[];
  // Every name gets its list here, which is what the type says.
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Result[]>;
  for (let round = -rounds.warmUp; round < rounds.counted; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const result = await contestants[name]();
      if (round >= 0) results[name].push(result);
    }
  }
  return results;
}

/**
 * Measures every case in every round, in a system of its own: what another has started costs even when idle.
 * @param measure is given the case and a name for its system
 */
export function inRounds<Case extends string, Result>(
  cases: readonly Case[],
  measure: (one: Case, name: string) => Promise<Result>,
  options: { name: string; quick: boolean; say: (line: string) => void },
): Promise<Record<Case, Result[]>> {
  let runs = 0;
  const contestant = (one: Case) => () => {
    options.say(`${one}, run ${++runs}`);
    return measure(one, `${options.name}_${runs}`);
  };
  const contestants = Object.fromEntries(cases.map((one) => [one, contestant(one)])) as Contestants<Case, Result>;
  return alternate({ warmUp: 0, counted: options.quick ? 1 : 3 }, contestants);
}

/** The median over the rounds of one number of each result. */
export const medianOf = <Result>(results: readonly Result[], number: (result: Result) => number): number =>
  median(results.map(number));
