import { Box, type Key, Text, useInput, usePaste } from 'ink';
import { createElement as h, type ReactNode, useRef, useState } from 'react';
import { harmless } from './foreign.ts';
import { emptyLine, type InputLine, type Stroke, stroke, textOf } from './input-line.ts';
import type { ScreenInput } from './screen.ts';

/** The line at the bottom, where the person types; with the keys that shells have. */
export function Prompt({ label, input }: { label: string; input: ScreenInput }): ReactNode {
  const [line, setLine] = useState(emptyLine);
  // Keys come faster than renders: the newest line is kept beside the state.
  const newest = useRef<InputLine>(line);
  const apply = (key: Stroke) => {
    const before = textOf(newest.current);
    newest.current = stroke(newest.current, key);
    setLine(newest.current);
    const after = textOf(newest.current);
    if (key.type === 'enter') {
      input.onTyping('');
      if (before.trim() !== '') input.onLine(before);
    } else if (after !== before) input.onTyping(after);
  };
  usePaste((text) => apply({ type: 'insert', text: harmless(text).trimEnd() }));
  useInput((typed, key) => {
    if (key.ctrl && (typed === 'c' || (typed === 'd' && textOf(newest.current) === ''))) input.onEnd();
    else for (const one of strokesOf(typed, key)) apply(one);
  });

  const [under = ' ', ...rest] = line.after;
  return h(
    Box,
    null,
    h(Text, { color: 'cyan', bold: true }, label),
    h(
      Box,
      { flexGrow: 1, flexShrink: 1 },
      h(
        Text,
        { wrap: 'wrap' },
        visible(line.before),
        h(Text, { inverse: true }, under === '\n' ? '↵' : under),
        visible(rest),
      ),
    ),
  );
}

const visible = (characters: readonly string[]) => characters.join('').replaceAll('\n', '↵').replaceAll('\t', ' ');

/** Without bracketed paste, several characters, and even the return that ends them, can come as one. */
function strokesOf(typed: string, key: Key): Stroke[] {
  const special = specialStroke(typed, key);
  if (special !== undefined) return [special];
  if (key.ctrl || key.meta || key.escape || key.tab || typed === '') return [];
  return typed
    .split(/(\r\n|\r|\n)/)
    .filter((part) => part !== '')
    .map((part): Stroke => (/^[\r\n]/.test(part) ? { type: 'enter' } : { type: 'insert', text: harmless(part) }));
}

function specialStroke(typed: string, key: Key): Stroke | undefined {
  if (key.return) return { type: 'enter' };
  if (key.leftArrow) return { type: key.ctrl || key.meta ? 'wordLeft' : 'left' };
  if (key.rightArrow) return { type: key.ctrl || key.meta ? 'wordRight' : 'right' };
  if (key.upArrow) return { type: 'older' };
  if (key.downArrow) return { type: 'newer' };
  if (key.home) return { type: 'home' };
  if (key.end) return { type: 'end' };
  if (key.backspace) return { type: key.meta || key.ctrl ? 'deleteWord' : 'backspace' };
  if (key.delete) return { type: 'delete' };
  if (key.ctrl) return withControl[typed];
  if (key.meta) return withMeta[typed];
  return undefined;
}

const withControl: Record<string, Stroke> = {
  a: { type: 'home' },
  e: { type: 'end' },
  b: { type: 'left' },
  f: { type: 'right' },
  h: { type: 'backspace' },
  d: { type: 'delete' },
  w: { type: 'deleteWord' },
  u: { type: 'deleteBefore' },
  k: { type: 'deleteAfter' },
  p: { type: 'older' },
  n: { type: 'newer' },
};
const withMeta: Record<string, Stroke> = { b: { type: 'wordLeft' }, f: { type: 'wordRight' } };
