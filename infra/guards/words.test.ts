// The words of docs/glossary.md, and none of those they replace, in code, comments, docs and page texts.
import { describe, expect, it } from 'vitest';
import { bannedIn, usesIn } from './banned-words.ts';
import { banned } from './glossary.ts';

const uses = usesIn();

it('the glossary has what this test reads', () => {
  expect(banned.length).toBeGreaterThan(30);
  expect(banned.map(({ term }) => term)).toContain('desk');
  expect(uses.size).toBeGreaterThan(30);
});

it('a banned word is found as a word, in an identifier and across lines, and not in a name of the wire', () => {
  expect(bannedIn('services/x/src/a.ts', 'const mySeat = 1;')).toHaveLength(1);
  expect(bannedIn('services/x/src/a.ts', '// nothing is put\n// right here')).toHaveLength(1);
  expect(bannedIn('services/x/src/seats.ts', '')).toHaveLength(1);
  expect(bannedIn('services/x/src/a.ts', 'const hands = 1; // hands off')).toHaveLength(1);
  expect(bannedIn('services/x/src/a.ts', 'request({ onDuty: true }); reply.owed; // of no interest')).toEqual([]);
  expect(bannedIn('services/x/src/a.ts', 'const heartbeat = 1;')).toEqual([]);
});

describe('no banned word is used in', () => {
  it.each([...uses])('%s', (folder, found) => {
    expect(found.slice(0, 40), `${found.length}; see node infra/guards/banned-words.ts ${folder}`).toEqual([]);
  });
});
