import { expect, it } from 'vitest';
import { firstByMarks, firstLetter } from './first-letter.ts';

it.each([
  ['Grace', 'G'],
  ['é́cole', 'é́'],
  ['ष्टि', 'ष्'],
  ['李雷', '李'],
  ['🇩🇪🇫🇷', '🇩🇪'],
  ['👩🏽‍🚀 Ada', '👩🏽‍🚀'],
  ['❤️', '❤️'],
  ['𝒜da', '𝒜'],
  ['', ''],
])('the first letter of %s, by marks alone', (word, letter) => {
  expect(firstByMarks(word)).toBe(letter);
});

it('is the same as by the rules of Unicode where letters are not joined across', () => {
  for (const word of ['Grace', 'école', '李雷', '🇩🇪🇫🇷', '👩🏽‍🚀', '❤️', ''])
    expect(firstLetter(word)).toBe(firstByMarks(word));
});
