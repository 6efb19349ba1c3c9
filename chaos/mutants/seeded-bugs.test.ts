import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { faultKinds } from '../faults/fault-kinds.ts';
import { seededBugs } from './seeded-bugs.ts';

const root = join(import.meta.dirname, '../..');

it('there are at least twenty seeded bugs, each with a name of its own', () => {
  expect(new Set(seededBugs.map(({ name }) => name)).size).toBe(seededBugs.length);
  expect(seededBugs.length).toBeGreaterThanOrEqual(20);
});

it.each(seededBugs.map((bug) => [bug.name, bug] as const))('“%s” fits the product', (_name, bug) => {
  for (const { file, find, replace } of bug.patches) {
    const parts = readFileSync(join(root, file), 'utf8').split(find);
    expect(parts.length, `${find} stands once in ${file}`).toBe(2);
    expect(replace).not.toBe(find);
  }
  for (const { kind, target } of bug.faults ?? []) expect(faultKinds[kind]?.targets).toContain(target);
});
