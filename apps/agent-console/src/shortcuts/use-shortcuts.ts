import { useEffect } from 'preact/hooks';
import type { Console } from '../console/console.ts';
import { type ShortcutName, shortcutFor } from './shortcuts.ts';
import { singleKeys } from './single-keys.ts';

/** Makes the shortcuts work while the console is shown. A dialog that is open has the keyboard to itself. */
export function useShortcuts(shared: Console): void {
  useEffect(() => {
    const keyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || shared.dialog.peek() !== null) return;
      const pressed = shortcutFor(event, { typing: isTyping(event.target), single: singleKeys.peek() });
      if (pressed === undefined) return;
      event.preventDefault();
      act(shared, pressed.name, pressed.nth);
    };
    document.addEventListener('keydown', keyDown);
    return () => document.removeEventListener('keydown', keyDown);
  }, [shared]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

function act(shared: Console, name: ShortcutName, nth = 0): void {
  const { actions, chats, chosenChat, agent } = shared;
  const chat = chosenChat.peek();
  const mine = chat?.assignment === 'mine';
  const acts: Partial<Record<ShortcutName, () => void>> = {
    takeNext: () => void actions.claim(),
    goToQueue: () => actions.focus('waiting'),
    chatList: () => actions.focus('chats'),
    previous: () => actions.step(-1),
    next: () => actions.step(1),
    nth: () => actions.nth(nth),
    needsReply: () => {
      const order = chats
        .peek()
        .filter((one) => one.assignment === 'mine' && (one.unread > 0 || one === chats.peek()[0]));
      const next = order.find((one) => one.sessionId !== chat?.sessionId) ?? order[0];
      if (next !== undefined) actions.choose({ kind: 'chat', sessionId: next.sessionId }, 'composer');
    },
    find: () => actions.focus('filter'),
    reply: () => mine && actions.write('reply'),
    note: () => mine && actions.write('note'),
    transfer: () => mine && actions.show('transfer'),
    end: () => mine && actions.show('end'),
    dismiss: () => chat !== undefined && !mine && actions.dismiss(chat.sessionId),
    details: () => actions.toggleDetails(),
    older: () => document.querySelector<HTMLButtonElement>('[data-older]')?.click(),
    status: () => void actions.setStatus(agent.peek()?.status === 'available' ? 'busy' : 'available'),
    replies: () => actions.show('replies'),
    list: () => actions.show('shortcuts'),
    list2: () => actions.show('shortcuts'),
  };
  acts[name]?.();
}
