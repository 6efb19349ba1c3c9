import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../controls/button.tsx';

/** Bubbles from a text that is shown whole from now on; see `useWindowed`. */
export const UNFOLDED = 'b-unfolded';

/** A text that would take more lines than this, of a phone's width, is folded; so many of them are shown. */
const MAX_LINES = 80;
const LINES_SHOWN = 40;
const LINE_LENGTH = 42;

export interface FoldedProps {
  text: string;
  more: string;
  less: string;
  /** Draws the text, or its beginning. */
  children: (text: string) => ComponentChildren;
}

/** A long text, of which only the beginning is shown until the reader wants all of it. */
export function Folded({ text, more, less, children }: FoldedProps) {
  const [whole, setWhole] = useState(false);
  const end = foldAt(text);
  if (end === text.length) return <>{children(text)}</>;
  return (
    <>
      {children(whole ? text : `${text.slice(0, end)}…`)}
      <Button
        kind="quiet"
        size="s"
        class="b-fold"
        aria-expanded={whole}
        onClick={({ currentTarget }) => {
          currentTarget.dispatchEvent(new Event(UNFOLDED, { bubbles: true }));
          setWhole(!whole);
        }}
      >
        {whole ? less : more}
      </Button>
    </>
  );
}

/** Where the shown beginning of a text ends; the text's length when it is short enough to be shown whole. */
export function foldAt(text: string): number {
  let lines = 0;
  let at = 0;
  let end = text.length;
  while (at < text.length) {
    const broken = text.indexOf('\n', at);
    const next = Math.min(broken < 0 ? text.length : broken + 1, at + LINE_LENGTH);
    lines += 1;
    if (lines === LINES_SHOWN) end = next;
    if (lines > MAX_LINES) return withoutHalf(text, end);
    at = next;
  }
  return text.length;
}

/** Never within a surrogate pair. */
function withoutHalf(text: string, end: number): number {
  return /[\uD800-\uDBFF]/.test(text[end - 1] ?? '') ? end - 1 : end;
}
