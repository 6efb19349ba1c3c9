// The words of docs/glossary.md, and none of those they replace, in code, comments, docs and page texts.
import { describe, expect, it } from 'vitest';
import { bannedIn, usesIn } from './banned-words.ts';
import { banned } from './glossary.ts';

/** Folders that are not done, each with the number of uses it may still have. A number only falls; then its row goes. */
const TO_DO: Record<string, number> = {
  '.env.example': 5,
  'ARCHITECTURE.md': 11,
  'CONTRIBUTING.md': 3,
  'README.md': 8,
  'apps/agent-console': 343,
  'apps/terminal': 48,
  'apps/web-chat': 95,
  bench: 57,
  chaos: 74,
  'docker-compose.yml': 1,
  docs: 100,
  e2e: 35,
  'infra/bootstrap.mjs': 7,
  'infra/docker': 7,
  'infra/local': 48,
  'infra/offline-model': 67,
  'infra/schema-engine': 8,
  'knip.json': 1,
  'package.json': 2,
  'packages/client': 468,
  'packages/contracts': 213,
  'packages/design': 52,
  'packages/runtime': 88,
  'packages/testkit': 48,
  'services/ai': 441,
  'services/gateway': 524,
  'services/queue': 403,
  'services/session': 259,
};

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
    const left = TO_DO[folder] ?? 0;
    const list = `node infra/guards/banned-words.ts ${folder}`;
    if (found.length > left) expect(found.slice(0, 40), `${found.length}, at most ${left}; see ${list}`).toEqual([]);
  });
});
