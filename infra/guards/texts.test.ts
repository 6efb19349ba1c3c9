import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { oddTexts } from './glossary.ts';

const root = join(import.meta.dirname, '../..');

const plain = (text: string) => text.toLowerCase().replaceAll("'", '’');
const escaped = (text: string) => plain(text).replace(/[/.?]/g, '\\$&');
const odd = oddTexts.map(([text, better]) => ({
  phrase: new RegExp(`(?<![\\p{L}\\p{N}])${escaped(text)}(?![\\p{L}\\p{N}])`, 'u'),
  better,
}));

const isTest = /\.test\.tsx?$|\/generated\//;
const sources = (pattern: string) => globSync(pattern, { cwd: root }).filter((file) => !isTest.test(file));
/** Text between quotes, but for that of comments; text of elements is not written outside of the tables of words. */
const literals = (file: string): string[] =>
  readFileSync(join(root, file), 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\/?\*)/.test(line))
    .flatMap((line) =>
      [...line.matchAll(/'([^']*)'|"([^"]*)"|`([^`]*)`/g)].map((found) => found[1] ?? found[2] ?? found[3]),
    )
    .filter((text) => text !== undefined);

/** What the pages and the terminal say; what a service refuses begins like a sentence, and log lines do not. */
const said = [
  ...sources('apps/*/src/**/*.{ts,tsx}').flatMap((file) => literals(file).map((text) => ({ file, text }))),
  ...sources('services/*/src/**/*.ts')
    .flatMap((file) => literals(file).map((text) => ({ file, text })))
    .filter(({ text }) => /^[A-Z][\w’']* |: \$\{/.test(text)),
];

it('what people read is in the words that support teams use', () => {
  expect(said.length).toBeGreaterThan(2_000);
  expect(odd.length).toBeGreaterThan(40);
  const found = said.flatMap(({ file, text }) =>
    odd.filter(({ phrase }) => phrase.test(plain(text))).map(({ better }) => `${file}: “${text}”, better: ${better}`),
  );
  expect(found).toEqual([]);
});

it('an odd text is found in any case and with any apostrophe', () => {
  const finds = (text: string) => odd.some(({ phrase }) => phrase.test(plain(text)));
  expect(finds("This chat is in the agent's hands")).toBe(true);
  expect(finds('Off duty')).toBe(true);
  expect(finds('It helps you')).toBe(true);
  expect(finds('Take next chat')).toBe(false);
});
