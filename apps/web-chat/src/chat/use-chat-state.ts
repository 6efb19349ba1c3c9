import type { Chat, ChatState } from '@baton/client';
import { useEffect, useState } from 'preact/hooks';

/** The newest snapshot of a chat; renders again with each. */
export function useChatState(chat: Chat): ChatState {
  const [state, setState] = useState(chat.state);
  useEffect(() => {
    setState(chat.state);
    return chat.subscribe(setState);
  }, [chat]);
  return state;
}
