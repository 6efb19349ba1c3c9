import { KEPT_PREFIX } from './protocol.ts';

/** In this tab the chat is open, and so it is on the site's next page. */
const OPEN_KEY = `${KEPT_PREFIX}open`;
/** A chat was begun on this site. */
const BEGUN_KEY = `${KEPT_PREFIX}begun`;

/** What is kept for the chat in the host page's own storage. A page may be denied that, too: then nothing is kept. */
export const kept = {
  hasBegun: (): boolean => safely(() => localStorage.getItem(BEGUN_KEY) !== null) ?? false,
  begin: (): void => safely(() => localStorage.setItem(BEGUN_KEY, '1')),
  isOpen: (): boolean => safely(() => sessionStorage.getItem(OPEN_KEY) !== null) ?? false,
  setOpen(open: boolean): void {
    safely(() => (open ? sessionStorage.setItem(OPEN_KEY, '1') : sessionStorage.removeItem(OPEN_KEY)));
  },
  keep(key: string, value: string | null): void {
    safely(() => (value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value)));
  },
  all(): Record<string, string> {
    const found: Record<string, string> = {};
    safely(() => {
      for (const key of Object.keys(localStorage)) {
        const value = key.startsWith(KEPT_PREFIX) ? localStorage.getItem(key) : null;
        if (value !== null) found[key] = value;
      }
    });
    return found;
  },
};

function safely<Value>(run: () => Value): Value | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
