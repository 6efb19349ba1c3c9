import type { Placeholders } from './placeholders.ts';

/** Longer than any placeholder. */
const LONGEST = 16;

/**
 * Restores a text that arrives in pieces: a placeholder may be cut anywhere. Only what may be the beginning of one is
 * held back, so words are shown as they come.
 */
export function createStreamRestorer({ restore, mayBegin }: Pick<Placeholders, 'restore' | 'mayBegin'>) {
  let held = '';
  return {
    /** @returns what can be shown now. */
    push(piece: string): string {
      const text = held + piece;
      const open = text.lastIndexOf('[');
      const isHeld = open >= 0 && text.length - open < LONGEST && mayBegin(text.slice(open));
      held = isHeld ? text.slice(open) : '';
      return restore(isHeld ? text.slice(0, open) : text);
    },
    /** The text is over, or begins afresh. @returns what was held back. */
    end(): string {
      const rest = held;
      held = '';
      return rest;
    },
  };
}
