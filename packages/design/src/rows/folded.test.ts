import { expect, it } from 'vitest';
import { foldAt } from './folded.tsx';

it('folds what would fill screens, and nothing else', () => {
  for (const short of ['', 'Hello', 'x'.repeat(80 * 42), 'line\n'.repeat(80)]) expect(foldAt(short)).toBe(short.length);
  expect(foldAt('x'.repeat(16_384))).toBe(40 * 42);
  expect(foldAt('line\n'.repeat(81))).toBe(40 * 5);
  // A character of two units is not cut in half.
  expect(foldAt(`x${'🪴'.repeat(8_000)}`) % 2).toBe(1);
});
