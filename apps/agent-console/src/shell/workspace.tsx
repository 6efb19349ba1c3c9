import { AlertIcon, BatonMark, CheckIcon, CloseIcon, classes, IconButton, Toast, ToastArea } from '@baton/design';
import { ChatsSection } from '../chats/chats-section.tsx';
import { useConsole } from '../console/context.ts';
import { Conversation } from '../conversation/conversation.tsx';
import { DetailsPane } from '../customer/details-pane.tsx';
import { WaitingPreview } from '../queue/queue-preview.tsx';
import { WaitingSection } from '../queue/queue-section.tsx';
import { keysOf } from '../shortcuts/shortcuts.ts';
import { useShortcuts } from '../shortcuts/use-shortcuts.ts';
import { words } from '../words/words.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { Dialogs } from './dialogs.tsx';
import { Rail } from './rail.tsx';
import './workspace.css';

/** The console of an agent who is online: the lists, the conversation, and what is known of the customer. */
export function Workspace({ onLeave }: { onLeave: () => void }) {
  const shared = useConsole();
  const { pane, detailsOpen, chosenChat, chosenWait, selection, looked } = shared;
  useShortcuts(shared);
  const chat = chosenChat.value;
  const open = selection.value;
  return (
    <div class={classes('workspace', `pane-${pane.value}`, detailsOpen.value && chat !== undefined && 'has-details')}>
      <Rail />
      <div class="workspace-top">
        <ConnectionBanner />
      </div>
      <main class="workspace-main">
        <h1 class="b-hidden">{words.title.page}</h1>
        <div class="lists">
          <WaitingSection />
          <ChatsSection />
        </div>
        <div class="middle">
          {chat !== undefined ? (
            <Conversation chat={chat} />
          ) : open !== null ? (
            <WaitingPreview
              key={open.sessionId}
              listed={chosenWait.value}
              looked={looked.value?.sessionId === open.sessionId ? looked.value : null}
            />
          ) : (
            <Nothing />
          )}
        </div>
        {chat !== undefined && <DetailsPane chat={chat} />}
      </main>
      <Dialogs onLeave={onLeave} />
      <Toasts />
    </div>
  );
}

/** Nothing is chosen: what could be, or that all is quiet. */
function Nothing() {
  const { state } = useConsole();
  const { waiting, chats } = state.value;
  const quiet = waiting.total === 0 && chats.size === 0;
  const [before, after] = words.conversation.nothingLead.split('{key}');
  return (
    <section class="nothing">
      <BatonMark size={72} />
      <h2>{quiet ? words.conversation.quiet : words.conversation.nothing}</h2>
      {waiting.total > 0 ? (
        <p>
          {before}
          <kbd>{keysOf('takeNext')}</kbd>
          {after}
        </p>
      ) : (
        <p>{words.waiting.noneLead}</p>
      )}
    </section>
  );
}

function Toasts() {
  const { toasts, actions } = useConsole();
  return (
    <ToastArea>
      {toasts.value.map(({ id, tone, text }) => (
        <Toast
          key={id}
          tone={tone}
          icon={tone === 'good' ? <CheckIcon size={18} /> : <AlertIcon size={18} />}
          action={
            <IconButton label={words.problem.dismiss} size="s" onClick={() => actions.untell(id)}>
              <CloseIcon size={16} />
            </IconButton>
          }
        >
          {text}
        </Toast>
      ))}
    </ToastArea>
  );
}
