import { expect, it } from 'vitest';
import { isolated } from './isolated.ts';

it('keeps words in letters of the other direction to themselves, and takes from all what would turn a line', () => {
  expect(isolated('Grace')).toBe('Grace');
  expect(isolated('ليلى')).toBe('\u2068ليلى\u2069');
  expect(isolated('ܐܒܐ')).toBe('\u2068ܐܒܐ\u2069');
  expect(isolated('Grace', 'rtl')).toBe('\u2068Grace\u2069');
  expect(isolated('李雷', 'rtl')).toBe('\u2068李雷\u2069');
  expect(isolated('ليلى', 'rtl')).toBe('ليلى');
  expect(isolated('4711', 'rtl')).toBe('4711');
  expect(isolated('\u202eecarG\u2069\u200f')).toBe('ecarG');
  expect(isolated('אבי\u2069\u202e')).toBe('\u2068אבי\u2069');
});
