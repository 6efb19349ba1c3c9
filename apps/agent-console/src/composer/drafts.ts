import { signal } from '@preact/signals';
import type { Keeper } from '../console/storage.ts';

/**
 * What is being written, by chat: a reply and a note each. It survives a reload, and whatever becomes of the
 * connection.
 */
export type DraftKind = 'reply' | 'note';

const KEY = 'baton.console.drafts';
/** Drafts of chats that are long gone go, the oldest first. */
const MOST = 200;

export function createDrafts(keeper: Keeper) {
  const texts = signal<ReadonlyMap<string, string>>(read(keeper.read(KEY)));
  const keyOf = (sessionId: string, kind: DraftKind) => (kind === 'reply' ? sessionId : `${sessionId} note`);
  const keep = (next: Map<string, string>) => {
    for (const oldest of next.keys()) {
      if (next.size <= MOST) break;
      next.delete(oldest);
    }
    texts.value = next;
    keeper.write(KEY, next.size === 0 ? null : JSON.stringify([...next]));
  };
  return {
    get: (sessionId: string, kind: DraftKind): string => texts.value.get(keyOf(sessionId, kind)) ?? '',
    set(sessionId: string, kind: DraftKind, text: string): void {
      const key = keyOf(sessionId, kind);
      if ((texts.peek().get(key) ?? '') === text) return;
      const next = new Map(texts.peek());
      next.delete(key);
      if (text !== '') next.set(key, text);
      keep(next);
    },
    forget(sessionId: string): void {
      const next = new Map(texts.peek());
      const held = (['reply', 'note'] as const).filter((kind) => next.delete(keyOf(sessionId, kind)));
      if (held.length > 0) keep(next);
    },
  };
}

function read(stored: string | null): Map<string, string> {
  try {
    const parsed: unknown = JSON.parse(stored ?? '[]');
    if (!Array.isArray(parsed)) return new Map();
    return new Map(
      parsed.filter((pair): pair is [string, string] => {
        return Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string';
      }),
    );
  } catch {
    return new Map();
  }
}
