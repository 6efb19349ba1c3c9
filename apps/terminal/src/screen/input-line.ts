/** What is being typed: whole characters as people see them, so that the cursor never stands inside an emoji. */
export interface InputLine {
  before: readonly string[];
  after: readonly string[];
  history: readonly string[];
  /** Place in the history; its length while something new is typed. */
  at: number;
  /** What was typed before the history was looked at. */
  kept: string;
}

export type Stroke =
  | { type: 'insert'; text: string }
  | { type: 'left' | 'right' | 'wordLeft' | 'wordRight' | 'home' | 'end' }
  | { type: 'backspace' | 'delete' | 'deleteWord' | 'deleteBefore' | 'deleteAfter' }
  | { type: 'older' | 'newer' }
  | { type: 'enter' };

export const emptyLine = (history: readonly string[] = []): InputLine => ({
  before: [],
  after: [],
  history,
  at: history.length,
  kept: '',
});

export const textOf = ({ before, after }: InputLine): string => [...before, ...after].join('');

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const characters = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment);
const isBlank = (character: string | undefined) => character !== undefined && /^\s$/.test(character);

/** The line after a stroke. `enter` empties it and keeps it in the history. */
export function stroke(line: InputLine, key: Stroke): InputLine {
  const { before, after } = line;
  switch (key.type) {
    case 'insert':
      // Joined with what stands before it first: a combining mark belongs to the letter already there.
      return { ...line, before: characters(before.join('') + key.text) };
    case 'left':
      return move(line, before.length - 1);
    case 'right':
      return move(line, before.length + 1);
    case 'wordLeft':
      return move(line, startOfWord(before));
    case 'wordRight':
      return move(line, before.length + endOfWord(after));
    case 'home':
      return move(line, 0);
    case 'end':
      return move(line, before.length + after.length);
    case 'backspace':
      return { ...line, before: before.slice(0, -1) };
    case 'delete':
      return { ...line, after: after.slice(1) };
    case 'deleteWord':
      return { ...line, before: before.slice(0, startOfWord(before)) };
    case 'deleteBefore':
      return { ...line, before: [] };
    case 'deleteAfter':
      return { ...line, after: [] };
    case 'older':
      return line.at === 0 ? line : recall(line, line.at - 1);
    case 'newer':
      return line.at >= line.history.length ? line : recall(line, line.at + 1);
    case 'enter': {
      const text = textOf(line);
      const worthKeeping = text.trim() !== '' && text !== line.history.at(-1);
      return emptyLine(worthKeeping ? [...line.history, text] : line.history);
    }
  }
}

function move(line: InputLine, to: number): InputLine {
  const all = [...line.before, ...line.after];
  const place = Math.min(Math.max(to, 0), all.length);
  return { ...line, before: all.slice(0, place), after: all.slice(place) };
}

function startOfWord(before: readonly string[]): number {
  let place = before.length;
  while (place > 0 && isBlank(before[place - 1])) place--;
  while (place > 0 && !isBlank(before[place - 1])) place--;
  return place;
}

function endOfWord(after: readonly string[]): number {
  let place = 0;
  while (place < after.length && isBlank(after[place])) place++;
  while (place < after.length && !isBlank(after[place])) place++;
  return place;
}

function recall(line: InputLine, at: number): InputLine {
  const kept = line.at === line.history.length ? textOf(line) : line.kept;
  const text = line.history[at] ?? kept;
  return { ...line, at, kept, before: characters(text), after: [] };
}
