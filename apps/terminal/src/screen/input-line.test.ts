import { describe, expect, it } from 'vitest';
import { emptyLine, type InputLine, type Stroke, stroke, textOf } from './input-line.ts';

const press = (line: InputLine, ...keys: (Stroke | Stroke['type'] | { text: string })[]): InputLine =>
  keys.reduce<InputLine>((now, key) => {
    if (typeof key === 'string') return stroke(now, { type: key } as Stroke);
    return stroke(now, 'text' in key ? { type: 'insert', text: key.text } : key);
  }, line);
const typed = (text: string) => press(emptyLine(), { text });
const shown = ({ before, after }: InputLine) => `${before.join('')}|${after.join('')}`;

describe('the line that is typed', () => {
  it.each<[string, InputLine, string]>([
    ['grows at the cursor', press(typed('helo'), 'left', { text: 'l' }), 'hell|o'],
    ['goes to its ends', press(typed('hello'), 'home', { text: '>' }, 'end', { text: '<' }), '>hello<|'],
    ['stops at its ends', press(typed('ab'), 'right', 'left', 'left', 'left'), '|ab'],
    ['loses the character before the cursor', press(typed('abc'), 'left', 'backspace'), 'a|c'],
    ['loses the character under the cursor', press(typed('abc'), 'left', 'delete'), 'ab|'],
    ['goes by words', press(typed('one two  three'), 'wordLeft', 'wordLeft'), 'one |two  three'],
    ['goes forward by words', press(typed('one two'), 'home', 'wordRight', 'wordRight'), 'one two|'],
    ['loses a word', press(typed('one two  '), 'deleteWord'), 'one |'],
    ['loses all before the cursor', press(typed('one two'), 'wordLeft', 'deleteBefore'), '|two'],
    ['loses all after the cursor', press(typed('one two'), 'wordLeft', 'deleteAfter'), 'one |'],
    ['takes a family for one character', press(typed('a👨‍👩‍👧b'), 'left', 'backspace'), 'a|b'],
    ['joins an accent with its letter', press(typed('e'), { text: '\u0301' }, 'backspace'), '|'],
  ])('%s', (_, line, expected) => {
    expect(shown(line)).toBe(expected);
  });

  it('remembers what was entered, and what was being typed when one looks back', () => {
    let line = press(typed('first'), 'enter', { text: 'second' }, 'enter', { text: 'third' });
    line = press(line, 'older');
    expect(textOf(line)).toBe('second');
    line = press(line, 'older', 'older');
    expect(textOf(line)).toBe('first');
    line = press(line, 'newer', 'newer', 'newer');
    expect(textOf(line)).toBe('third');
  });

  it('remembers neither blanks nor the same twice in a row', () => {
    const line = press(typed('a'), 'enter', { text: 'a' }, 'enter', { text: '  ' }, 'enter');
    expect(line.history).toEqual(['a']);
  });
});
