import type { DeskChat } from '@baton/client';
import { Button, DownIcon } from '@baton/design';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { factsOf } from '../chats/chat-facts.ts';
import { useConsole } from '../console/context.ts';
import { customerName } from '../customer/customer-name.ts';
import { now } from '../time/now.ts';
import { counted, dayName, fill, words } from '../words/words.ts';
import { EventRow, GrowingRow, MessageRow, NoteRow, TypingRow } from './message-row.tsx';
import { type Row, rowsOf } from './rows.ts';
import { useFollowing } from './scrolling.ts';
import './transcript.css';

/** Rows in the page at first, and how many more each time. */
const PAGE = 80;

/** The whole conversation: what the bot said, what happened, what colleagues noted, and what is being said now. */
export function Transcript({ chat }: { chat: DeskChat }) {
  const { desk, agent, actions } = useConsole();
  const { sessionId, items, notes, draft, typing } = chat;
  const rows = useMemo(() => rowsOf(items, notes), [items, notes]);
  const [shownCount, setShownCount] = useState(PAGE);
  const [fetching, setFetching] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const shown = rows.slice(-shownCount);
  const { atEnd, toEnd, onScroll } = useFollowing(scroller, {
    of: sessionId,
    firstKey: shown[0]?.key,
    version: `${rows.length} ${rows.at(-1)?.key} ${draft?.text.length ?? 0} ${typing !== null}`,
  });
  const more = rows.length > shownCount || chat.hasMore;

  const older = async (): Promise<void> => {
    if (rows.length > shownCount) {
      setShownCount(shownCount + PAGE);
      return;
    }
    if (!chat.hasMore || fetching) return;
    setFetching(true);
    const result = await desk.loadEarlier(sessionId);
    setFetching(false);
    if (result.ok) setShownCount(shownCount + PAGE);
    else actions.tell('danger', fill(words.conversation.olderFailed, { message: result.message }));
  };
  useEffect(() => setShownCount(PAGE), [sessionId]);

  const { lastSeq } = factsOf(chat);
  const seen = () => {
    if (atEnd && !document.hidden && document.hasFocus() && lastSeq > chat.seen) desk.markSeen(sessionId, lastSeq);
  };
  useEffect(() => {
    seen();
    window.addEventListener('focus', seen);
    document.addEventListener('visibilitychange', seen);
    return () => {
      window.removeEventListener('focus', seen);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [atEnd, lastSeq, sessionId, chat.seen]);

  const name = customerName(chat.session);
  return (
    <div class="transcript-frame">
      <div
        class="transcript"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label={fill(words.conversation.label, { name })}
        onScroll={() => {
          onScroll();
          if ((scroller.current?.scrollTop ?? 1) < 40 && rows.length > shownCount) void older();
        }}
      >
        <ol class="transcript-rows">
          {more ? (
            <li class="transcript-more">
              <Button kind="quiet" size="s" busy={fetching} data-older onClick={() => void older()}>
                {words.conversation.older}
              </Button>
            </li>
          ) : (
            <li class="transcript-begin">{words.conversation.beginning}</li>
          )}
          {shown.map((row) => (
            <RowOf
              key={row.key}
              row={row}
              sessionId={sessionId}
              customer={name}
              myId={agent.value?.id}
              myName={agent.value?.name}
            />
          ))}
          {draft !== null && <GrowingRow text={draft.text} />}
          {typing !== null && <TypingRow name={name} />}
        </ol>
      </div>
      {!atEnd && (
        <button type="button" class="to-end" onClick={toEnd}>
          <DownIcon size={16} />
          {chat.unread > 0 ? counted(words.conversation.newBelow, chat.unread) : words.conversation.toBottom}
        </button>
      )}
    </div>
  );
}

function RowOf(props: {
  row: Row;
  sessionId: string;
  customer: string;
  myId: string | undefined;
  myName: string | undefined;
}) {
  const { row, sessionId, customer, myId, myName } = props;
  switch (row.kind) {
    case 'day':
      return (
        <li class="day">
          <span>{dayName(row.timestamp, now.peek())}</span>
        </li>
      );
    case 'event':
      return <EventRow change={row.item.change} timestamp={row.item.timestamp} myId={myId} />;
    case 'note':
      return <NoteRow note={row.note} />;
    case 'message':
      return (
        <MessageRow
          sessionId={sessionId}
          item={row.item}
          first={row.first}
          last={row.last}
          customer={customer}
          myName={myName}
        />
      );
  }
}
