import type { DeskChat } from '@baton/client';
import { Button, DownIcon, useFollowing } from '@baton/design';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { factsOf } from '../chats/chat-facts.ts';
import { useConsole } from '../console/context.ts';
import { customerName } from '../customer/customer-name.ts';
import { counted, fill, words } from '../words/words.ts';
import { GrowingRow, TypingRow } from './message-row.tsx';
import { isMine } from './mine.ts';
import { type Row, rowsOf } from './rows.ts';
import { TranscriptRow } from './transcript-row.tsx';
import './transcript.css';

/** Rows in the page at first, and how many more each time. */
const PAGE = 80;

/** The whole conversation: what the bot said, what happened, what colleagues noted, and what is being said now. */
export function Transcript({ chat }: { chat: DeskChat }) {
  const { desk, agent, actions } = useConsole();
  const { sessionId, items, notes, draft, typing } = chat;
  const myId = agent.value?.id;
  const rows = useMemo(() => rowsOf(items, notes, myId), [items, notes, myId]);
  const { from, showOlder } = useOpening(sessionId, rows);
  const [fetching, setFetching] = useState(false);
  const shown = rows.slice(from);
  const { scroller, content, atEnd, toEnd } = useFollowing<HTMLDivElement, HTMLOListElement>({
    of: sessionId,
    first: shown[0]?.key,
    newest: rows.at(-1)?.key,
    own: items.findLast((item) => item.kind === 'message' && isMine(item, myId))?.key,
  });
  const more = from > 0 || chat.hasMore;

  const older = async (): Promise<void> => {
    if (from > 0) {
      showOlder();
      return;
    }
    if (!chat.hasMore || fetching) return;
    setFetching(true);
    const result = await desk.loadEarlier(sessionId);
    setFetching(false);
    if (result.ok) showOlder();
    else actions.tell('danger', fill(words.conversation.olderFailed, { message: result.message }));
  };

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
          if ((scroller.current?.scrollTop ?? 1) < 40 && from > 0) void older();
        }}
      >
        <ol class="transcript-rows" ref={content}>
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
            <TranscriptRow key={row.key} row={row} sessionId={sessionId} customer={name} myId={myId} />
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

/**
 * Which row is the first in the page: the newest page at first, and a page more each time `showOlder` is called. It goes
 * by the row and not by how many there are, so that nothing moves away above a reader when something comes below.
 */
function useOpening(sessionId: string, rows: readonly Row[]) {
  const [older, setOlder] = useState({ of: sessionId, rows: 0 });
  const opened = useRef<{ of: string; key: string | undefined }>({ of: '', key: undefined });
  const ofThis = older.of === sessionId ? older.rows : 0;
  // The heading of a day moves when something older of that day comes; an entry stays what it is.
  const newest = () => rows.slice(-PAGE).find(({ kind }) => kind !== 'day')?.key;
  if (opened.current.of !== sessionId || opened.current.key === undefined)
    opened.current = { of: sessionId, key: newest() };
  const at = rows.findIndex(({ key }) => key === opened.current.key);
  const first = at < 0 ? Math.max(0, rows.length - PAGE) : at;
  // A heading right above it belongs to it.
  const withDay = rows[first - 1]?.kind === 'day' ? first - 1 : first;
  return {
    from: Math.max(0, withDay - ofThis),
    showOlder: () => setOlder({ of: sessionId, rows: ofThis + PAGE }),
  };
}
