/** Until rows have been measured. */
const FIRST_GUESS_PX = 72;
/** The guess stays what it is once it rests on so many rows: each change of it would move all that is below. */
const GUESSED_FROM = 30;

/** Heights of rows, by key: as they were measured when they were last drawn, and a guess for those that never were. */
export function createHeights() {
  const known = new Map<string, number>();
  let sum = 0;
  let guess = FIRST_GUESS_PX;

  return {
    note(key: string, height: number): void {
      const before = known.get(key);
      if (before === height) return;
      known.set(key, height);
      sum += height - (before ?? 0);
      if (before === undefined && known.size <= GUESSED_FROM) guess = sum / known.size;
    },
    /** Where each row begins, from the beginning of the first, and as the last number where the last one ends. */
    tops(keys: readonly string[]): Float64Array {
      const tops = new Float64Array(keys.length + 1);
      let top = 0;
      keys.forEach((key, index) => {
        top += known.get(key) ?? guess;
        tops[index + 1] = top;
      });
      return tops;
    },
  };
}
export type Heights = ReturnType<typeof createHeights>;
