import { type ReadonlySignal, signal } from '@preact/signals';
import type { Keeper } from '../console/storage.ts';
import { firstReplies, readReplies, type SavedReply } from './saved-replies.ts';

const KEY = 'baton.console.replies';

export function createRepliesStore(keeper: Keeper) {
  const all = signal<readonly SavedReply[]>(readReplies(keeper.read(KEY)));
  const keep = (next: SavedReply[]) => {
    all.value = next.sort((a, b) => a.name.localeCompare(b.name));
    keeper.write(KEY, JSON.stringify(next));
  };
  return {
    all: all as ReadonlySignal<readonly SavedReply[]>,
    /** Adds a reply, or puts it in the place of the one that was called `old`. */
    save: (reply: SavedReply, old?: string): void =>
      keep([...all.peek().filter(({ name }) => name !== reply.name && name !== old), reply]),
    remove: (name: string): void => keep(all.peek().filter((reply) => reply.name !== name)),
    reset(): void {
      all.value = [...firstReplies];
      keeper.write(KEY, null);
    },
  };
}
export type RepliesStore = ReturnType<typeof createRepliesStore>;
