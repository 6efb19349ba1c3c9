import type { Chat, ChatState, ClientStorage } from '@baton/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { chime } from './sound.ts';

const SOUND_KEY = 'baton.sound';

interface AttentionOptions {
  chat: Pick<Chat, 'markSeen'>;
  state: ChatState;
  storage: ClientStorage;
  title: string;
  /** Whether the chat is shown at all: a widget may be closed. */
  open: boolean;
  /** Whether the newest entry is in sight. */
  inSight: boolean;
  onUnread?: ((count: number) => void) | undefined;
}

/**
 * What was seen is told to the other side; what was not is counted, in the tab's title and by a sound if one wants it.
 */
export function useAttention({ chat, state, storage, title, open, inSight, onUnread }: AttentionOptions) {
  const [looking, setLooking] = useState(isLooking);
  const [sound, setSoundState] = useState(() => storage.get(SOUND_KEY) === 'on');
  const { unread } = state;
  const before = useRef(unread);

  useEffect(() => {
    const look = (): void => setLooking(isLooking());
    const events = ['focus', 'blur'] as const;
    for (const name of events) window.addEventListener(name, look);
    document.addEventListener('visibilitychange', look);
    return () => {
      for (const name of events) window.removeEventListener(name, look);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);

  const newest = state.items.findLast((item) => item.seq !== undefined)?.seq ?? 0;
  useEffect(() => {
    if (open && looking && inSight && newest > state.seen) chat.markSeen(newest);
  }, [chat, open, looking, inSight, newest, state.seen]);

  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${title}` : title;
    onUnread?.(unread);
  }, [unread, title, onUnread]);

  useEffect(() => {
    if (unread > before.current && sound && !(open && looking)) chime();
    before.current = unread;
  }, [unread, sound, open, looking]);

  const setSound = (on: boolean): void => {
    setSoundState(on);
    if (on) storage.set(SOUND_KEY, 'on');
    else storage.remove(SOUND_KEY);
    // It is heard what was chosen; and a browser lets a page sound only after a click.
    if (on) chime();
  };
  return { sound, setSound };
}

function isLooking(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}
