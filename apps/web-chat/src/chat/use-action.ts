import type { ErrorCode, Result } from '@baton/client';
import { useCallback, useEffect, useState } from 'preact/hooks';

/** How long a failure stays on the screen. */
const TELL_FAILURE_MS = 8_000;

/** Something the visitor asked for: whether it is being done, and why it could not be. */
export function useAction() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorCode>();
  const run = useCallback((action: Promise<Result<unknown>>): void => {
    setBusy(true);
    setFailure(undefined);
    void action.then((reply) => {
      setBusy(false);
      if (!reply.ok) setFailure(reply.code);
    });
  }, []);
  useEffect(() => {
    if (failure === undefined) return;
    const timer = setTimeout(() => setFailure(undefined), TELL_FAILURE_MS);
    return () => clearTimeout(timer);
  }, [failure]);
  return { busy, failure, run };
}
