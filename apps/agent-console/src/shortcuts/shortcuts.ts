import type { words } from '../words/words.ts';

/** What can be done by a shortcut. */
export type ShortcutName = Exclude<keyof typeof words.shortcuts, 'title' | 'lead' | 'single' | 'groups'>;

export interface Shortcut {
  name: ShortcutName;
  group: keyof typeof words.shortcuts.groups;
  /** Keys to press together, as they are shown; several ways are apart. */
  keys: readonly string[];
  /**
   * Reported by the browser as `KeyboardEvent.code`, with Alt held; undefined for keys that the focused part handles.
   */
  code?: string;
}

/**
 * All go with Alt, so that they work while writing; the physical key counts, so that they work whatever the keyboard
 * types with Alt. Those without a code are told in the list, and belong to the text field.
 */
export const shortcuts: readonly Shortcut[] = [
  { name: 'takeNext', group: 'chats', keys: ['Alt', 'P'], code: 'KeyP' },
  { name: 'goToQueue', group: 'chats', keys: ['Alt', 'L'], code: 'KeyL' },
  { name: 'chatList', group: 'chats', keys: ['Alt', 'M'], code: 'KeyM' },
  { name: 'previous', group: 'chats', keys: ['Alt', '↑'], code: 'ArrowUp' },
  { name: 'next', group: 'chats', keys: ['Alt', '↓'], code: 'ArrowDown' },
  { name: 'nth', group: 'chats', keys: ['Alt', '1…9'] },
  { name: 'needsReply', group: 'chats', keys: ['Alt', 'J'], code: 'KeyJ' },
  { name: 'find', group: 'chats', keys: ['Alt', 'G'], code: 'KeyG' },
  { name: 'reply', group: 'conversation', keys: ['Alt', 'R'], code: 'KeyR' },
  { name: 'note', group: 'conversation', keys: ['Alt', 'N'], code: 'KeyN' },
  { name: 'insertReply', group: 'conversation', keys: ['/'] },
  { name: 'send', group: 'conversation', keys: ['Enter'] },
  { name: 'newline', group: 'conversation', keys: ['Shift', 'Enter'] },
  { name: 'transfer', group: 'conversation', keys: ['Alt', 'T'], code: 'KeyT' },
  { name: 'end', group: 'conversation', keys: ['Alt', 'C'], code: 'KeyC' },
  { name: 'dismiss', group: 'conversation', keys: ['Alt', 'X'], code: 'KeyX' },
  { name: 'details', group: 'conversation', keys: ['Alt', 'I'], code: 'KeyI' },
  { name: 'older', group: 'conversation', keys: ['Alt', 'O'], code: 'KeyO' },
  { name: 'status', group: 'console', keys: ['Alt', 'A'], code: 'KeyA' },
  { name: 'replies', group: 'console', keys: ['Alt', 'K'], code: 'KeyK' },
  { name: 'list', group: 'console', keys: ['?'] },
  { name: 'list2', group: 'console', keys: ['Alt', 'H'], code: 'KeyH' },
  { name: 'escape', group: 'console', keys: ['Esc'] },
];

export type Pressed = Pick<KeyboardEvent, 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'code' | 'key'>;

/** What this key means; `nth` comes with a number from 0. `typing`: the focus is where text goes. */
export function shortcutFor(
  event: Pressed,
  where: { typing: boolean; single: boolean },
): { name: ShortcutName; nth?: number } | undefined {
  if (event.ctrlKey || event.metaKey) return undefined;
  if (!event.altKey) return event.key === '?' && where.single && !where.typing ? { name: 'list' } : undefined;
  if (event.shiftKey) return undefined;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (digit !== undefined) return { name: 'nth', nth: Number(digit) - 1 };
  const found = shortcuts.find(({ code }) => code !== undefined && code === event.code);
  return found === undefined ? undefined : { name: found.name };
}

/** As `aria-keyshortcuts` wants it. */
export function ariaKeys(name: ShortcutName): string | undefined {
  const found = shortcuts.find((shortcut) => shortcut.name === name);
  if (found?.code === undefined) return undefined;
  return found.keys.join('+').replace('↑', 'ArrowUp').replace('↓', 'ArrowDown');
}

/** As people read it: 'Alt P'. */
export function keysOf(name: ShortcutName): string {
  return shortcuts.find((shortcut) => shortcut.name === name)?.keys.join(' ') ?? '';
}
