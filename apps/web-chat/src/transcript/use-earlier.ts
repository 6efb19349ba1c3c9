import type { Chat } from '@baton/client';
import { useCallback, useRef, useState } from 'preact/hooks';

export interface Earlier {
  loading: boolean;
  failed: boolean;
  /** The reader comes near the beginning of what is there. What has failed is not tried again by itself. */
  wanted: () => void;
  /** The reader asks for it. */
  ask: () => void;
}

/** What was said before the part of the chat that is there: brought page by page, one at a time. */
export function useEarlier(hasMore: boolean, load: Chat['loadEarlier']): Earlier {
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle');
  const busy = useRef(false);
  const ask = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    setState('loading');
    const result = await load();
    busy.current = false;
    setState(result.ok ? 'idle' : 'failed');
  }, [load]);
  return {
    loading: state === 'loading',
    failed: state === 'failed',
    wanted: () => {
      if (hasMore && state === 'idle') void ask();
    },
    ask: () => void ask(),
  };
}
