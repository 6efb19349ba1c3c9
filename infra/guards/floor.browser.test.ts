// What is built for browsers asks nothing of them that those of the floor lack, unless it is looked for first, or
// missed by nobody. Read from the built files, so that libraries are read, too.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Missing, missingInScript, missingInStyles } from '@baton/testkit/floor';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const BUILT = ['apps/web-chat/dist', 'apps/agent-console/dist'];

/** Only a name, which the data has for something else. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['fence', "a block of code, in markdown-it's rules and in what people write"],
  ['.fence', 'the same'],
  ['.use', "markdown-it's plugins"],
  ['.connection', "of the client's state"],
  ['.read', 'of a storage, and of signals'],
  ['.drop', "a chat, off an agent's sessions"],
  ['.take', "a chat, on to an agent's sessions"],
  ['.transfer', 'a chat, from one agent to another, or to the queue or the bot'],
  ['.displayName', 'of components, for their developers'],
  ['.dispose', 'of signals; see Symbol.dispose'],
]);
/** Asked for first. */
const GUARDED: ReadonlyMap<string, string> = new Map([
  ['Intl.Segmenter', 'without it the first letter is found by its marks: first-letter.ts'],
  ['Symbol.dispose', 'signals have it as one more name of a method; without it the name is "undefined"'],
  ['WebTransport', 'by engine.io, for a transport that we do not use'],
  ['new WebTransport', 'the same'],
  ['Notification', 'without it agents are not offered notifications: notifications.ts'],
  ['new Notification', 'the same'],
  ['Notification.permission', 'the same'],
  ['Notification.requestPermission', 'the same'],
  ['new CSSStyleSheet', 'without it the button is dressed otherwise: dress.ts'],
  ['.adoptedStyleSheets', 'the same'],
  ['.popover', 'without it the button stands above all that is in no top layer: launcher.ts'],
  ['.showPopover', 'the same'],
  ['color-mix()', 'within @supports, where what is said before is good enough'],
  ['@container', 'where there is none, the width of the window decides: composer.css'],
  ['@media ranges', 'only in that container query'],
  ['container-type', 'see @container'],
  ['container-type: inline-size', 'see @container'],
]);
/** A browser that does not know it leaves it out, and nobody misses it. */
const MISSED_BY_NOBODY: ReadonlyMap<string, string> = new Map([
  ['::selection', 'the colour of a selection, as elsewhere'],
  ['::-webkit-meter-bar', 'beside what others know'],
  ['::-webkit-meter-optimum-value', 'the same'],
  ['@media (forced-colors)', 'where colours cannot be forced'],
  ['overflow-anchor', 'to be off, where it would be on'],
  ['overflow-anchor: none', 'the same'],
  ['overscroll-behavior', 'what is behind may scroll on'],
  ['overscroll-behavior: contain', 'the same'],
  ['resize', 'of a text field, by hand: it grows by itself, and phones have no handle'],
  ['resize: none', 'the same'],
  ['resize: vertical', 'the same'],
  ['scrollbar-color', 'bars as elsewhere'],
  ['scrollbar-gutter', 'the same'],
  ['scrollbar-width', 'the same'],
  ['scrollbar-width: thin', 'the same'],
  ['text-size-adjust', 'on phones that enlarge text, which have it under its older name'],
  ['text-wrap', 'where lines end'],
  ['text-wrap: balance', 'the same'],
  ['text-wrap: pretty', 'the same'],
  ['cursor: default', 'phones have none'],
  ['cursor: pointer', 'the same'],
  ['cursor: progress', 'the same'],
]);

const found = new Map<string, { in: string[]; files: string[] }>();
const note = (file: string, missing: readonly Missing[]): void => {
  for (const one of missing) {
    const known = found.get(one.feature) ?? { in: one.in, files: [] };
    found.set(one.feature, { ...known, files: [...known.files, relative(ROOT, file)] });
  }
};
let scripts = 0;
for (const folder of BUILT) {
  for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.name.endsWith('.js')) {
      scripts += 1;
      note(file, missingInScript(readFileSync(file, 'utf8')));
    } else if (entry.name.endsWith('.css')) note(file, missingInStyles(readFileSync(file, 'utf8')));
  }
}
const allowed = new Map([...NAMES, ...GUARDED, ...MISSED_BY_NOBODY]);

it('what browsers of the floor lack is looked for first, or missed by nobody', () => {
  expect(scripts, 'the pages are built').toBeGreaterThan(5);
  const unknown = [...found].filter(([feature]) => !allowed.has(feature));
  expect(unknown.map(([feature, { in: lacking, files }]) => `${feature}: not in ${lacking}; ${files}`)).toEqual([]);
});

it('nothing is allowed that is not there', () => {
  expect([...allowed.keys()].filter((feature) => !found.has(feature))).toEqual([]);
});
