import { useEffect, useState } from 'preact/hooks';

/** What is put on a page as it turns true is not read aloud any more by then. */
const SETTLED_MS = 500;

/**
 * Whether something has been true for a moment. For `aria-live`: rows that a page draws because its reader opens a
 * chat, or scrolls, are no news, and those that come after it has settled are.
 */
export function useSettled(now: boolean, of = ''): boolean {
  const wanted = now ? of : undefined;
  const [settled, setSettled] = useState<string>();
  useEffect(() => {
    if (wanted === undefined) {
      setSettled(undefined);
      return;
    }
    const timer = setTimeout(setSettled, SETTLED_MS, wanted);
    return () => clearTimeout(timer);
  }, [wanted]);
  return wanted !== undefined && settled === wanted;
}
