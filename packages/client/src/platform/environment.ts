/**
 * Where a client keeps what must survive a reload: `localStorage`, or anything of its shape. May throw: see `safely`.
 */
export interface ClientStorage {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

/** Time and chance, so that a test can control both. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once after so many milliseconds, unless what it returns is called before. */
  after(milliseconds: number, run: () => void): () => void;
  /** 0 ≤ n < 1, for spreading retries. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

/** Keeps for as long as the program runs. */
export function memoryStorage(): ClientStorage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
  };
}

interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The browser's own storage; memory where there is none, or where the page may not use it. */
export function defaultStorage(): ClientStorage {
  // Node has a localStorage that warns when it is touched without a file to keep it in.
  if (!('document' in globalThis)) return memoryStorage();
  try {
    // Only a browser gets here; both compilers that check this file need not know its types.
    const web = (globalThis as { localStorage?: WebStorage }).localStorage;
    if (web === undefined) return memoryStorage();
    // Reading tells whether it may be used: a page of another site in a frame often may not.
    web.getItem('baton');
    return {
      get: (key) => web.getItem(key),
      set: (key, value) => web.setItem(key, value),
      remove: (key) => web.removeItem(key),
    };
  } catch {
    return memoryStorage();
  }
}

/** A random UUID (version 4). `crypto.randomUUID` is missing on pages that were not loaded over HTTPS. */
export function newId(): string {
  const random = () => (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) % 16;
  // 4 is the version; y the variant: 8, 9, a or b.
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (digit) =>
    (digit === 'x' ? random() : 8 + (random() % 4)).toString(16),
  );
}
