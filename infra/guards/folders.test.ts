import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Names that say nothing of what is inside, so that everything ends up there. */
const DRAWERS = /^(shared|common|utils?|helpers?|misc|lib|libs)$/;
const DRAWER_FILES = /^(shared|common|utils?|helpers?|misc)\.(ts|tsx|js|mjs|cjs)$/;
/** What is not ours, or not kept. */
const NOT_OURS = /^(node_modules|generated|dist|coverage|\..*)$/;

function* drawersIn(folder: string): Generator<string> {
  for (const item of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, item.name);
    if (item.isDirectory() && !NOT_OURS.test(item.name)) {
      if (DRAWERS.test(item.name)) yield path;
      yield* drawersIn(path);
    } else if (DRAWER_FILES.test(item.name)) yield path;
  }
}

it('no folder or file is a drawer: each is named for what it holds', () => {
  expect([...drawersIn('.')]).toEqual([]);
});
