import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { LeaveDialog } from '../account/leave-dialog.tsx';
import type { OpenDialog } from '../console/console.ts';
import { useConsole } from '../console/context.ts';
import { EndDialog } from '../conversation/end-dialog.tsx';
import { TransferDialog } from '../conversation/transfer-dialog.tsx';
import { RepliesDialog } from '../saved-replies/replies-dialog.tsx';
import { ShortcutsDialog } from '../shortcuts/shortcuts-dialog.tsx';
import { words } from '../words/words.ts';

/** The dialog that is open. One about a chat closes when the chat is no longer the agent's, and says so. */
export function Dialogs({ onLeave }: { onLeave: () => void }) {
  const { dialog, chosenChat, actions, working } = useConsole();
  const chat = chosenChat.value;
  const mine = chat?.assignment === 'mine';
  const name = dialog.value;
  const lost = (name === 'transfer' || name === 'end') && !mine;
  useEffect(() => {
    // What the agent did themselves closed it already: effects run late, after the answer and the news both came.
    if (!lost || dialog.peek() !== name) return;
    actions.show(null);
    const byMe = working.peek().has('end') || working.peek().has('transfer');
    if (!byMe)
      actions.tell('notice', chat?.assignment === 'closed' ? words.conversation.closedBar : words.conversation.goneBar);
  }, [lost]);
  useFocusAfter(name);

  switch (name) {
    case 'shortcuts':
      return <ShortcutsDialog />;
    case 'replies':
      return <RepliesDialog />;
    case 'leave':
      return <LeaveDialog onLeave={onLeave} />;
    case 'transfer':
      return mine ? <TransferDialog chat={chat} /> : null;
    case 'end':
      return mine ? <EndDialog chat={chat} /> : null;
    case null:
      return null;
  }
}

/** What a dialog was opened from may be gone when it closes: then the focus goes to what can be done next. */
function useFocusAfter(name: OpenDialog): void {
  const before = useRef<OpenDialog>(null);
  useLayoutEffect(() => {
    const closed = name === null && before.current !== null;
    before.current = name;
    if (!closed || document.activeElement !== document.body) return;
    document
      .querySelector<HTMLElement>('.kept-draft textarea, [data-after-end], .conversation h2, #chats-title')
      ?.focus();
  }, [name]);
}
