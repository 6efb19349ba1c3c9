/**
 * What the script on a host page and the chat in its frame tell each other. The first message, with one end of a
 * MessageChannel, goes from the script to the frame's own origin and no other; everything after it goes through that
 * channel, which nobody else has an end of.
 */
export interface Hello {
  type: 'baton:hello';
  open: boolean;
  /** What the chat has asked the host page to keep. */
  kept: Record<string, string>;
}

/** From the script to the chat. */
export interface ToChat {
  type: 'shown';
  open: boolean;
}

/** From the chat to the script. It tells nothing of what is said. */
export type ToHost =
  | { type: 'close' }
  /** How many messages wait to be read, and the same in words for the button's name. */
  | { type: 'unread'; count: number; words: string }
  /** A chat has begun: from now on it is to be there from the start, so that answers are noticed. */
  | { type: 'begun' }
  /** Where the browser denies frames a storage, the host page's is used; null forgets. */
  | { type: 'keep'; key: string; value: string | null };

/** What the host page keeps for the chat has names that begin so, and nothing else is given to it. */
export const KEPT_PREFIX = 'baton.';

export function isHello(data: unknown): data is Hello {
  return has(data, 'type', 'baton:hello') && 'open' in data && 'kept' in data && typeof data.kept === 'object';
}

export function isToChat(data: unknown): data is ToChat {
  return has(data, 'type', 'shown') && 'open' in data && typeof data.open === 'boolean';
}

export function isToHost(data: unknown): data is ToHost {
  if (has(data, 'type', 'unread'))
    return 'count' in data && typeof data.count === 'number' && 'words' in data && typeof data.words === 'string';
  if (has(data, 'type', 'keep'))
    return (
      'key' in data &&
      typeof data.key === 'string' &&
      data.key.startsWith(KEPT_PREFIX) &&
      'value' in data &&
      (data.value === null || typeof data.value === 'string')
    );
  return has(data, 'type', 'close') || has(data, 'type', 'begun');
}

function has(data: unknown, name: string, value: string): data is object {
  return typeof data === 'object' && data !== null && Reflect.get(data, name) === value;
}
