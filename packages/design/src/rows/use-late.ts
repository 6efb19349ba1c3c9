import { useEffect, useState } from 'preact/hooks';

/** What was sent and has no answer after so long is spoken of. */
const LATE_MS = 3_000;

/**
 * Whether something that was begun on this machine takes its time.
 * @param since ISO 8601; undefined when there is nothing to wait for
 */
export function useLate(since: string | undefined): boolean {
  const left = since === undefined ? Number.POSITIVE_INFINITY : Date.parse(since) + LATE_MS - Date.now();
  const [late, setLate] = useState(left <= 0);
  useEffect(() => {
    setLate(left <= 0);
    if (left <= 0 || left === Number.POSITIVE_INFINITY) return;
    const timer = setTimeout(() => setLate(true), left);
    return () => clearTimeout(timer);
    // Only another beginning starts another wait.
  }, [since]);
  return late;
}
