/** What docs/glossary.md bans and which names of the wire it allows: its tables, parsed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a term is banned: everywhere, in identifiers and file names, or everywhere but on pages. */
type Scope = 'everywhere' | 'name' | 'not on pages';

export interface Banned {
  term: string;
  scope: Scope;
  word: string;
  /** Matches the term in plain words, also with the ending of a verb or a plural on its first word. */
  pattern: RegExp;
}

const glossary = readFileSync(join(import.meta.dirname, '../../docs/glossary.md'), 'utf8');

const section = (title: string): string[][] => {
  const text = glossary.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
};

const patternOf = (term: string): RegExp => {
  const [first = '', ...rest] = plainWords(term).split(' ');
  return new RegExp(`\\b${[`${first}(?:e?[sd]|e?ment|ing|ed)?`, ...rest].join(' ')}\\b`, 'g');
};

/** Identifiers become words: `putHandsRight`, `put_hands_right` and `put-hands-right` are all "put hands right". */
export function plainWords(text: string): string {
  return text
    .replace(/\n[ \t]*(?:\*|\/\/|#|--|>)?[ \t]*/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]/g, ' ')
    .toLowerCase();
}

export const banned: Banned[] = ['Product', 'Machinery', 'Phrases'].flatMap((title) =>
  section(title).flatMap((cells) =>
    [...(cells.at(-1) ?? '').matchAll(/`([^`]+)`(?: \((name|not on pages)\))?/g)].map(([, term = '', scope]) => ({
      term,
      scope: (scope ?? 'everywhere') as Scope,
      word: cells[0] ?? '',
      pattern: patternOf(term),
    })),
  ),
);

/** Texts of pages that people did not understand, each with what support teams say. */
export const oddTexts: [odd: string, better: string][] = section('Page texts').flatMap(([better = '', odd = '']) =>
  [...odd.matchAll(/`([^`]+)`/g)].map(([, text = '']): [string, string] => [text, better]),
);

/** Exact names of the wire that contain a banned term, as the glossary lists them. */
export const onTheWire: string[] = section('Names on the wire').flatMap((cells) =>
  [...(cells[0] ?? '').matchAll(/`([^`]+)`/g)]
    .map(([, name = '']) => name)
    .filter((name) => banned.some(({ pattern }) => plainWords(name).match(pattern) !== null)),
);
