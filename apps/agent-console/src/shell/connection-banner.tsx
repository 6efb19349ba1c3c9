import { AlertIcon, Banner, CheckIcon } from '@baton/design';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../console/context.ts';
import { words } from '../words/words.ts';

const BACK_MS = 4_000;

/** Says that the connection is lost, and for a moment that it is back. */
export function ConnectionBanner() {
  const { connection } = useConsole();
  const state = connection.value;
  const [back, setBack] = useState(false);
  const wasLost = useRef(false);
  useEffect(() => {
    if (state === 'offline') wasLost.current = true;
    if (state !== 'online' || !wasLost.current) return;
    wasLost.current = false;
    setBack(true);
    const timer = setTimeout(() => setBack(false), BACK_MS);
    return () => clearTimeout(timer);
  }, [state]);
  if (state === 'offline')
    return (
      <Banner tone="notice" icon={<AlertIcon size={18} />}>
        {words.connection.lost}
      </Banner>
    );
  if (back)
    return (
      <Banner tone="good" icon={<CheckIcon size={18} />}>
        {words.connection.back}
      </Banner>
    );
  return null;
}
