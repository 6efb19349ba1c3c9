import type { AgentChat } from '@baton/client';
import { Avatar, Badge, classes, memo, plainSummary } from '@baton/design';
import { useConsole } from '../console/context.ts';
import { customerName } from '../customer/customer-name.ts';
import { Stars } from '../rating/stars.tsx';
import { duration } from '../time/duration.ts';
import { now } from '../time/now.ts';
import { isMine } from '../transcript/mine.ts';
import { counted, fill, words } from '../words/words.ts';
import { factsOf } from './chat-facts.ts';

/** One chat of the agent's: who, what was said last, what is unread, and how long the customer waits. */
export const ChatRow = memo(function ChatRow({ chat, chosen }: { chat: AgentChat; chosen: boolean }) {
  const { actions } = useConsole();
  const { sessionId, unread } = chat;
  const facts = factsOf(chat);
  const over = chat.assignment !== 'mine';
  return (
    <button
      type="button"
      class={classes('chat', chosen && 'is-chosen', over && 'is-over', unread > 0 && 'is-unread')}
      data-row-focus
      data-session={sessionId}
      aria-current={chosen || undefined}
      onClick={() => actions.choose({ kind: 'chat', sessionId }, 'composer')}
    >
      <Avatar who="person" name={customerName(chat.session)} size="s" />
      <span class="chat-text">
        <span class="row-line">
          <span class="row-name" dir="auto">
            {customerName(chat.session)}
          </span>
          {over ? (
            <span class="row-time">
              {chat.rating !== null && (
                <>
                  <Stars score={chat.rating.score} />{' '}
                </>
              )}
              {chat.assignment === 'closed' ? words.chats.closed : words.chats.gone}
            </span>
          ) : (
            <RowTime unansweredSince={facts.unansweredSince} lastAt={facts.lastAt} />
          )}
        </span>
        <span class="row-line row-second">
          <LastWords chat={chat} />
          {chat.customerAway && !over && <Badge>{words.chats.away}</Badge>}
          {unread > 0 && !over && (
            <Badge tone="accent" strong>
              {unread}
              <span class="b-hidden"> {counted(words.chats.unread, unread)}</span>
            </Badge>
          )}
        </span>
      </span>
    </button>
  );
});

function RowTime({ unansweredSince, lastAt }: { unansweredSince: number | null; lastAt: number }) {
  if (unansweredSince === null) return <time class="row-time">{duration(now.value - lastAt)}</time>;
  const waited = now.value - unansweredSince;
  return (
    <time class={classes('row-time', 'row-unanswered', waited > LONG_MS && 'row-unanswered-long')}>
      {duration(waited)}
      <span class="b-hidden"> {words.chats.needsReply}</span>
    </time>
  );
}

/** A customer who waits longer for an answer than this is shown so. */
const LONG_MS = 120_000;

function LastWords({ chat }: { chat: AgentChat }) {
  const { drafts, selection, agent } = useConsole();
  if (chat.typing !== null) return <span class="row-text row-typing">{words.chats.typing}</span>;
  const draft = selection.value?.sessionId === chat.sessionId ? '' : drafts.get(chat.sessionId, 'reply');
  if (draft !== '' && chat.assignment === 'mine')
    return (
      <span class="row-text">
        <em class="row-draft">{words.chats.draft}:</em> <bdi>{plainSummary(draft, 90)}</bdi>
      </span>
    );
  const message = factsOf(chat).lastMessage;
  if (message === undefined) return <span class="row-text" />;
  const who = isMine(message, agent.value?.id)
    ? words.chats.you
    : message.sender === 'bot'
      ? words.chats.bot
      : message.own
        ? (message.senderName ?? words.senders.agent)
        : undefined;
  return (
    <span class="row-text">
      {who !== undefined && <em>{fill('{who}: ', { who })}</em>}
      <bdi>{plainSummary(message.content, 90, message.sender === 'bot' ? 'bot' : 'person')}</bdi>
    </span>
  );
}
