import type { Change, Note, TranscriptItem } from '@baton/client';
import {
  Avatar,
  CheckIcon,
  ChecksIcon,
  ClockIcon,
  classes,
  Dots,
  Folded,
  Markdown,
  memo,
  NoteIcon,
  PlainText,
  useLate,
} from '@baton/design';
import { useConsole } from '../console/context.ts';
import { fill, moment, timeOfDay, words } from '../words/words.ts';
import { eventWords, type Holder } from './event-words.ts';
import { isMine } from './mine.ts';

type Message = Extract<TranscriptItem, { kind: 'message' }>;

export interface MessageRowProps {
  sessionId: string;
  item: Message;
  first: boolean;
  last: boolean;
  customer: string;
  myId: string | undefined;
}

/** One message: the customer's on the one side; the bot's and the agents' on the other, told apart by their colour. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { item, first, last, customer, myId } = props;
  const who = voice(item, customer, myId);
  const fromCustomer = item.sender === 'user';
  if (item.sender === 'system') return <ServiceRow content={item.content} timestamp={item.timestamp} />;
  return (
    <li class={classes('msg', `msg-${item.sender}`, first && 'msg-first', last && 'msg-last')}>
      {first && (
        <p class="msg-who">
          {fromCustomer || <Avatar who={item.sender === 'bot' ? 'bot' : 'person'} name={item.senderName} size="s" />}
          <span class="msg-name">{who}</span>
          <time class="msg-time" dateTime={item.timestamp} title={moment(item.timestamp)}>
            {timeOfDay(item.timestamp)}
          </time>
        </p>
      )}
      <div class="msg-body" title={first ? undefined : moment(item.timestamp)}>
        <Folded text={item.content} more={words.conversation.showMore} less={words.conversation.showLess}>
          {(text) => (item.sender === 'bot' ? <Markdown text={text} /> : <PlainText text={text} />)}
        </Folded>
      </div>
      <DeliveryMark {...props} />
    </li>
  );
});

function voice(item: Message, customer: string, myId: string | undefined): string {
  if (item.sender === 'user') return customer;
  if (item.sender === 'bot') return words.senders.bot;
  return isMine(item, myId) ? words.senders.you : (item.senderName ?? words.senders.agent);
}

const deliveryIcons = { sending: ClockIcon, sent: CheckIcon, seen: ChecksIcon } as const;

function DeliveryMark({ sessionId, item, last }: MessageRowProps) {
  const { client } = useConsole();
  const { delivery, clientMessageId } = item;
  const late = useLate(delivery === 'sending' ? item.timestamp : undefined);
  if (delivery === undefined) return null;
  if (delivery === 'failed')
    return (
      <p class="msg-failed" role="alert">
        <span>
          {words.conversation.delivery.failed}
          {item.problem !== undefined && `: ${item.problem.message}`}
        </span>
        {clientMessageId !== undefined && (
          <>
            <button type="button" class="text-button" onClick={() => client.retry(sessionId, clientMessageId)}>
              {words.conversation.retry}
            </button>
            <button type="button" class="text-button" onClick={() => client.discard(sessionId, clientMessageId)}>
              {words.conversation.discard}
            </button>
          </>
        )}
      </p>
    );
  // What has arrived is said once, under the last of a group.
  if (!last && delivery !== 'sending') return null;
  const Icon = deliveryIcons[delivery];
  return (
    <span class={`msg-delivery msg-${delivery}`}>
      <Icon size={14} />
      <span class={delivery === 'seen' || late ? undefined : 'b-hidden'}>
        {late ? words.conversation.delivery.late : words.conversation.delivery[delivery]}
      </span>
    </span>
  );
}

/** A change of control: a baton handed on. */
export const EventRow = memo(function EventRow(props: {
  change: Change;
  before: Holder | undefined;
  timestamp: string;
  myId: string | undefined;
}) {
  const { change, before, timestamp, myId } = props;
  return (
    <li class={`event event-from-${change.from ?? 'none'} event-to-${change.to}`}>
      <p class="event-text">
        <span class="event-mark" aria-hidden="true" />
        <span>{eventWords(change, before, myId)}</span>
        <time dateTime={timestamp} title={moment(timestamp)}>
          {timeOfDay(timestamp)}
        </time>
      </p>
      {change.reason !== undefined && <p class="event-reason">{change.reason}</p>}
      {change.publicReason !== undefined && (
        <div class="event-told">
          <p>{words.customerMessage.told}</p>
          <PlainText text={change.publicReason} />
        </div>
      )}
    </li>
  );
});

/** What a service says on behalf of the operator: nobody's words, so it stands where changes of control do. */
function ServiceRow({ content, timestamp }: { content: string; timestamp: string }) {
  return (
    <li class="event event-service">
      <div class="event-text">
        <PlainText text={content} />
        <time dateTime={timestamp} title={moment(timestamp)}>
          {timeOfDay(timestamp)}
        </time>
      </div>
    </li>
  );
}

export const NoteRow = memo(function NoteRow({ note }: { note: Note }) {
  return (
    <li class="note">
      <p class="note-who">
        <NoteIcon size={14} />
        <span>{fill(words.conversation.noteBy, { name: note.agentName })}</span>
        <time dateTime={note.createdAt} title={moment(note.createdAt)}>
          {timeOfDay(note.createdAt)}
        </time>
      </p>
      <PlainText text={note.content} />
    </li>
  );
});

/** The bot's answer while it grows. */
export function GrowingRow({ text }: { text: string }) {
  return (
    <li class="msg msg-bot msg-first msg-last msg-growing">
      <p class="msg-who">
        <Avatar who="bot" size="s" />
        <span class="msg-name">{words.senders.bot}</span>
        <span class="msg-time">{words.conversation.growing}</span>
      </p>
      <div class="msg-body">
        <Markdown text={text} growing />
      </div>
    </li>
  );
}

export function TypingRow({ name }: { name: string }) {
  return (
    <li class="msg msg-user msg-first msg-last msg-typing">
      <div class="msg-body">
        <Dots />
        <span class="b-hidden">{fill(words.conversation.typing, { name })}</span>
      </div>
    </li>
  );
}
