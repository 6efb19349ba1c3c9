/** What the console keeps in the browser. Where it may keep nothing, it works all the same, until the page is left. */
export interface Keeper {
  read(key: string): string | null;
  write(key: string, value: string | null): void;
}

function keeperOf(storage: () => Storage): Keeper {
  const attempt = <T>(act: (kept: Storage) => T): T | null => {
    try {
      return act(storage());
    } catch {
      // Forbidden by the browser's settings, or full.
      return null;
    }
  };
  return {
    read: (key) => attempt((kept) => kept.getItem(key)),
    write: (key, value) => {
      attempt((kept) => (value === null ? kept.removeItem(key) : kept.setItem(key, value)));
    },
  };
}

/** Stays until it is removed. */
export const lasting = keeperOf(() => localStorage);
/** Ends with the tab: for what is secret. */
export const passing = keeperOf(() => sessionStorage);
