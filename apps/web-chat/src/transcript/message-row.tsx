import { type Chat, wordsForCustomer } from '@baton/client';
import {
  AlertIcon,
  Avatar,
  Button,
  CheckIcon,
  ChecksIcon,
  ClockIcon,
  classes,
  Folded,
  Markdown,
  memo,
  PlainText,
  useLate,
} from '@baton/design';
import { eventWords, messageWords, problemWords, senderWords } from '../chat/words.ts';
import type { Language } from '../i18n/i18n.ts';
import type { MessageItem, Row } from './rows.ts';

export type MessageActions = Pick<Chat, 'retry' | 'discard' | 'startOver' | 'loadEarlier' | 'send'>;

interface MessageRowProps {
  item: MessageItem;
  first: boolean;
  last: boolean;
  tellDelivery: boolean;
  cut: 'newest' | 'earlier' | undefined;
  online: boolean;
  language: Language;
  actions: MessageActions;
}

/** One message. What the assistant says stands on the page itself; people's words are in bubbles. */
const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { item, first, last, language } = props;
  const from = item.own ? 'own' : item.sender === 'agent' ? 'agent' : 'bot';
  const at = new Date(item.timestamp);
  return (
    <div class={classes('row', `row-${from}`, first && 'row-first', item.delivery === 'failed' && 'row-failed')}>
      {!item.own && first && <Avatar who={from === 'agent' ? 'person' : 'bot'} name={item.senderName} size="s" />}
      <div class="row-body">
        {first && (
          <p class={classes('row-name', item.own && 'b-hidden')} dir="auto">
            {senderWords(item, language)}
          </p>
        )}
        <div class="row-words" dir="auto">
          <Folded text={messageWords(item, language)} more={language.say('showMore')} less={language.say('showLess')}>
            {(text) => (item.sender === 'bot' ? <Markdown text={text} /> : <PlainText text={text} />)}
          </Folded>
        </div>
        {props.cut !== undefined && <CutShort {...props} />}
        {(last || props.tellDelivery) && (
          <p class="row-foot">
            {last && <time dateTime={item.timestamp}>{language.time(at)}</time>}
            {props.tellDelivery && <DeliveryState {...props} />}
          </p>
        )}
        {item.delivery === 'failed' && <Failure {...props} />}
      </div>
    </div>
  );
});

/** The assistant had no room for more: what it has said stays, and the customer may ask for the rest. */
function CutShort({ cut, language: { say }, actions }: MessageRowProps) {
  return (
    <p class="row-cut">
      <span>{say('cutShort')}</span>
      {cut === 'newest' && (
        <Button size="s" onClick={() => actions.send(say('goOnWords'))}>
          {say('goOn')}
        </Button>
      )}
    </p>
  );
}

function DeliveryState({ item, online, language: { say } }: MessageRowProps) {
  const late = useLate(item.delivery === 'sending' ? item.timestamp : undefined);
  switch (item.delivery) {
    case 'sending':
      return (
        <span class="row-delivery">
          <ClockIcon size={14} /> {say(online ? (late ? 'stillSending' : 'sending') : 'waitsForConnection')}
        </span>
      );
    case 'sent':
      return (
        <span class="row-delivery">
          <CheckIcon size={14} /> {say('sent')}
        </span>
      );
    case 'seen':
      return (
        <span class="row-delivery row-seen">
          <ChecksIcon size={14} /> {say('seen')}
        </span>
      );
    case 'failed':
    case undefined:
      return null;
  }
}

function Failure({ item, language, actions }: MessageRowProps) {
  const { say } = language;
  const { clientMessageId, problem } = item;
  const ended = problem?.code === 'SESSION_CLOSED';
  const again = (id: string) => {
    // Does nothing while a chat is open: it is sent there.
    if (ended) actions.startOver();
    actions.retry(id);
  };
  return (
    <div class="row-failure">
      <p role="alert">
        <AlertIcon size={16} />{' '}
        <span>{`${say('notSent')} ${problem ? problemWords(problem.code, language) : ''}`}</span>
      </p>
      {clientMessageId !== undefined && (
        <>
          <Button size="s" onClick={() => again(clientMessageId)}>
            {say(ended ? 'sendInNewChat' : 'tryAgain')}
          </Button>
          <Button size="s" kind="quiet" onClick={() => actions.discard(clientMessageId)}>
            {say('discard')}
          </Button>
        </>
      )}
    </div>
  );
}

interface TranscriptRowProps {
  row: Row;
  online: boolean;
  language: Language;
  actions: MessageActions;
}

export function TranscriptRow({ row, online, language, actions }: TranscriptRowProps) {
  switch (row.type) {
    case 'day':
      return <p class="row-day">{language.day(new Date(row.timestamp))}</p>;
    case 'event': {
      const told = wordsForCustomer(row.item.change);
      return (
        <>
          <p class={`row-event row-event-${row.item.change.to}`}>
            {row.item.change.to === 'agent' && <Avatar who="person" name={row.agentName} size="s" />}
            <span>{eventWords(row, language)}</span>
          </p>
          {told !== undefined && (
            <div class="row-told" dir="auto">
              <PlainText text={told} />
            </div>
          )}
        </>
      );
    }
    case 'message': {
      const { item, first, last, tellDelivery, cut } = row;
      // A service, on behalf of the operator: nobody's words, so they stand where changes of control do.
      if (item.sender === 'system')
        return (
          <div class="row-event">
            <div dir="auto">
              <PlainText text={item.content} />
            </div>
          </div>
        );
      // Only a row that tells its delivery depends on the connection.
      const rest = { first, last, tellDelivery, cut, online: online || !tellDelivery, language, actions };
      return <MessageRow item={item} {...rest} />;
    }
  }
}
