import type { AgentChat } from '@baton/client';
import { Button, CheckIcon, classes, IconButton, PersonIcon, TransferIcon } from '@baton/design';
import { useRef } from 'preact/hooks';
import { factsOf } from '../chats/chat-facts.ts';
import { Composer } from '../composer/composer.tsx';
import { KeptDraft } from '../composer/kept-draft.tsx';
import { useConsole } from '../console/context.ts';
import { customerName } from '../customer/customer-name.ts';
import { VerifiedMark } from '../customer/verified-mark.tsx';
import { CustomerRating } from '../rating/customer-rating.tsx';
import { ariaKeys, keysOf } from '../shortcuts/shortcuts.ts';
import { duration } from '../time/duration.ts';
import { now } from '../time/now.ts';
import { Transcript } from '../transcript/transcript.tsx';
import { useKeptFocus } from '../windowed-list/kept-focus.ts';
import { fill, words } from '../words/words.ts';
import { ConversationHead } from './conversation-head.tsx';
import './conversation.css';

/** One chat: who it is and what can be done, the transcript, and where to write. */
export function Conversation({ chat }: { chat: AgentChat }) {
  const { actions, detailsOpen } = useConsole();
  const { sessionId, session } = chat;
  const name = customerName(session);
  const mine = chat.assignment === 'mine';
  const section = useRef<HTMLElement>(null);
  // The text field goes when the chat has ended; what was in it is nearest, then the way out.
  useKeptFocus(section, () =>
    section.current?.querySelector<HTMLElement>('.kept-draft textarea, [data-composer], [data-after-end]'),
  );
  return (
    <section class="conversation" aria-labelledby="conversation-title" ref={section}>
      <ConversationHead titleId="conversation-title" title={name} standing={<Standing chat={chat} />}>
        {mine && (
          <>
            <Button
              size="s"
              icon={<TransferIcon size={16} />}
              title={`${words.conversation.transfer} (${keysOf('transfer')})`}
              aria-keyshortcuts={ariaKeys('transfer')}
              class="foldable"
              onClick={() => actions.show('transfer')}
            >
              {words.conversation.transfer}
            </Button>
            <Button
              size="s"
              icon={<CheckIcon size={16} />}
              title={`${words.conversation.end} (${keysOf('end')})`}
              aria-keyshortcuts={ariaKeys('end')}
              class="foldable"
              onClick={() => actions.show('end')}
            >
              {words.conversation.end}
            </Button>
          </>
        )}
        <IconButton
          label={words.conversation.details}
          size="s"
          class={classes('details-button', detailsOpen.value && 'is-on')}
          aria-keyshortcuts={ariaKeys('details')}
          onClick={() => {
            if (matchMedia('(max-width: 71.99rem)').matches) actions.setPane('details');
            else actions.toggleDetails();
          }}
        >
          <PersonIcon />
        </IconButton>
      </ConversationHead>
      <Transcript chat={chat} />
      <CustomerRating rating={chat.rating} />
      {mine ? <Composer key={sessionId} chat={chat} /> : <Over chat={chat} />}
    </section>
  );
}

/** Where the chat stands, below the name. */
function Standing({ chat }: { chat: AgentChat }) {
  const { unansweredSince } = factsOf(chat);
  if (chat.assignment !== 'mine') return <p>{chat.assignment === 'closed' ? words.chats.closed : words.chats.gone}</p>;
  return (
    <p class={classes(unansweredSince !== null && 'unanswered')}>
      <span role="status" class="away">
        {chat.customerAway && words.conversation.away}
      </span>
      {unansweredSince === null ? (
        <>
          <VerifiedMark session={chat.session} /> {chat.session.userId}
        </>
      ) : (
        fill(words.conversation.unansweredSince, { time: duration(now.value - unansweredSince) })
      )}
    </p>
  );
}

function Over({ chat }: { chat: AgentChat }) {
  const { actions } = useConsole();
  const { ended, items } = chat;
  // Where the transcript has the change, its reason stands there.
  const isShown = items.some((item) => item.kind === 'event' && item.change.epoch === ended?.epoch);
  const reason = isShown ? undefined : ended?.reason;
  return (
    <div class="after">
      <KeptDraft sessionId={chat.sessionId} kind="reply" />
      <KeptDraft sessionId={chat.sessionId} kind="note" />
      <div class="over">
        <p>
          {chat.assignment === 'closed' ? words.conversation.closedBar : words.conversation.goneBar}
          {reason !== undefined && (
            <>
              {' '}
              <bdi class="over-reason">{reason}</bdi>
            </>
          )}
        </p>
        <Button
          size="s"
          kind="primary"
          data-after-end
          aria-keyshortcuts={ariaKeys('dismiss')}
          title={`${words.conversation.dismiss} (${keysOf('dismiss')})`}
          onClick={() => actions.dismiss(chat.sessionId)}
        >
          {words.conversation.dismiss}
        </Button>
      </div>
    </div>
  );
}
