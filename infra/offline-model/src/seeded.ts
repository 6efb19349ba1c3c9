/** FNV-1a, 32 bit (http://www.isthe.com/chongo/tech/comp/fnv/), over UTF-16 code units. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value ^= text.charCodeAt(index);
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

/** An endless sequence of numbers in [0, 1), the same for the same seed: mulberry32. */
export function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of the choices, always the same for the same seed text. */
export function pick<T>(choices: readonly [T, ...T[]], seed: string): T {
  return choices[hash(seed) % choices.length] ?? choices[0];
}
