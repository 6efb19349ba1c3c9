/** What turns text around, or ends an isolate. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Letters that are written against each direction. */
const OTHER_WAY = {
  ltr: /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u,
  rtl: /(?![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}])\p{L}/u,
};

/**
 * Words of others, to be put into a sentence of ours that is written in this direction: they turn nothing of what
 * stands beside them around. Where a page can say the same by an element of its own, it does.
 */
export function isolated(words: string, direction: 'ltr' | 'rtl' = 'ltr'): string {
  const plain = words.replace(DIRECTIONS, '');
  return OTHER_WAY[direction].test(plain) ? `\u2068${plain}\u2069` : plain;
}
