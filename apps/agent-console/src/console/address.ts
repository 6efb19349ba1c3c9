import { effect } from '@preact/signals';
import type { Console } from './console.ts';

const CHAT = /^#\/chat\/([0-9a-f-]{36})$/i;

/** The chat that an address names by its hash; null when it names none. */
export const chatInAddress = (hash: string): string | null => CHAT.exec(hash)?.[1]?.toLowerCase() ?? null;

/**
 * Keeps the open chat in the address of the page (`#/chat/<id>`): a reload opens it again, back and forward go through
 * what was open, and a link leads to a chat.
 */
export function followAddress({ selection, actions }: Pick<Console, 'selection' | 'actions'>): () => void {
  const open = () => {
    const sessionId = chatInAddress(location.hash);
    if (sessionId === (selection.peek()?.sessionId ?? null)) return;
    actions.choose(sessionId === null ? null : { kind: 'chat', sessionId });
  };
  open();
  const stop = effect(() => {
    const sessionId = selection.value?.sessionId ?? null;
    if (sessionId === chatInAddress(location.hash)) return;
    history.pushState(null, '', sessionId === null ? `${location.pathname}${location.search}` : `#/chat/${sessionId}`);
  });
  window.addEventListener('popstate', open);
  return () => {
    stop();
    window.removeEventListener('popstate', open);
  };
}
