import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Words of our own that people did not understand, each with what support teams say. */
const ODD: [odd: RegExp, better: string][] = [
  [/\bo[nf]f? duty\b/i, 'online, offline'],
  [/\b(your|my|their|other|left|agent.s) hands\b/i, 'You have this chat, You no longer have it'],
  [/\b(can|could) ?not be had\b/i, 'Couldn’t load, is unavailable'],
  [/\b(those|everybody|everyone|whoever|the next) who waits?\b|\bwho waits\b/i, 'Queue, next chat'],
  [/\bwaits for (you|an answer)\b/i, 'Needs reply, Waiting … for a reply'],
  [/\bhanded on\b|\bwhoever goes on\b|\bwho goes on\?/i, 'transferred, The next agent'],
  [/\bclear (away|ended)\b/i, 'Dismiss, Remove ended'],
  [/\btaking up your chats\b|\bwent on in another window\b|\bgo on here\b/i, 'Restoring your chats, Use this window'],
  [/\bmay hold\b|\bas many chats as you may\b/i, 'You’ve reached your limit'],
  [/\bcan wait\b/i, 'Low priority'],
  [/\bno brief\b/i, 'No summary'],
  [/\bwhat the (page knows|bot was told)\b/i, 'Visitor details, Bot context'],
  [/\bwaiting for somebody\b/i, 'In queue'],
  [/\bchoose a chat\b|\bnew handoffs appear\b/i, 'Select a conversation'],
  [/\bbegins a line\b/i, 'for a new line'],
  [/\bone of this name\b|\bthe first set\b/i, 'Name already in use, Restore defaults'],
  [/\bplaces taken\b|\bhas room\b/i, 'slots in use, Available'],
  [/\bin trouble\b/i, 'Degraded'],
  [/\bas stored\b|\bclaims under way\b/i, 'Queue diagnostics, Active claims'],
  [/\bless than a minute to wait\b/i, 'under a minute'],
  [/\bpasses you on\b|\bone tap away\b/i, 'Connecting you to a person, anytime'],
  [/\bbegin a new chat\b/i, 'Start a new chat'],
  [/\bnot so good\b|\ball right\b|\bit helps\b/i, 'Poor, OK, Thanks for your feedback'],
  [/\byour place went to others\b/i, 'You lost your place in the queue'],
  [/\/nevermind\b/, '/cancel'],
];

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
  const odd = said.flatMap(({ file, text }) =>
    ODD.filter(([words]) => words.test(text)).map(([, better]) => `${file}: “${text}”, better: ${better}`),
  );
  expect(odd).toEqual([]);
});
