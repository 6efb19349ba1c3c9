import { type ClientStorage, memoryStorage } from '@baton/client';

/** The browser's own storage for this page; undefined where the browser denies it, as many do in a frame. */
export function ownStorage(): ClientStorage | undefined {
  try {
    const web = localStorage;
    // Reading tells whether it may be used.
    web.getItem('baton');
    return {
      get: (key) => web.getItem(key),
      set: (key, value) => quietly(() => web.setItem(key, value)),
      remove: (key) => quietly(() => web.removeItem(key)),
    };
  } catch {
    return undefined;
  }
}

/** Storage that the host page keeps for the chat in its frame. */
export function hostStorage(
  kept: Readonly<Record<string, string>>,
  keep: (key: string, value: string | null) => void,
): ClientStorage {
  const memory = memoryStorage();
  for (const [key, value] of Object.entries(kept)) memory.set(key, value);
  return {
    get: (key) => memory.get(key),
    set(key, value) {
      memory.set(key, value);
      keep(key, value);
    },
    remove(key) {
      memory.remove(key);
      keep(key, null);
    },
  };
}

function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // Full. The chat goes on without.
  }
}
