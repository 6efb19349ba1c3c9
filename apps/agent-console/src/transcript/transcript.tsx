import type { AgentChat } from '@baton/client';
import { Button, DownIcon, RowBoundary, Rows, useSettled, useWindowed } from '@baton/design';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { factsOf } from '../chats/chat-facts.ts';
import { useConsole } from '../console/context.ts';
import { customerName } from '../customer/customer-name.ts';
import { counted, fill, words } from '../words/words.ts';
import { FallbackRow, subjectOf } from './fallback-row.tsx';
import { GrowingRow, TypingRow } from './message-row.tsx';
import { isMine } from './mine.ts';
import { rowsOf } from './rows.ts';
import { TranscriptRow } from './transcript-row.tsx';
import './transcript.css';

/** The whole conversation: what the bot said, what happened, what colleagues noted, and what is being said now. */
export function Transcript({ chat }: { chat: AgentChat }) {
  const { agent } = useConsole();
  const { sessionId, items, notes, draft, typing } = chat;
  const myId = agent.value?.id;
  const rows = useMemo(() => rowsOf(items, notes, myId), [items, notes, myId]);
  const keys = useMemo(() => rows.map(({ key }) => key), [rows]);
  const older = useOlder(chat);
  const { scroller, content, list, drawn, atEnd, toEnd } = useWindowed<
    HTMLDivElement,
    HTMLDivElement,
    HTMLOListElement
  >({
    of: sessionId,
    keys,
    own: items.findLast((item) => item.kind === 'message' && isMine(item, myId))?.key,
    onNearStart: older.wanted,
  });
  useSeen(chat, atEnd);
  // What is put on the page because a chat is opened, or scrolled through, is no news.
  const settled = useSettled(atEnd, sessionId);
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
        aria-live={settled ? 'polite' : 'off'}
      >
        <div class="transcript-sheet" ref={content}>
          {chat.hasMore ? (
            <div class="transcript-more">
              <Button kind="quiet" size="s" busy={older.loading} data-older onClick={older.ask}>
                {words.conversation.older}
              </Button>
            </div>
          ) : (
            <p class="transcript-begin">{words.conversation.beginning}</p>
          )}
          <ol class="transcript-rows" ref={list}>
            <Rows drawn={drawn} gap="li">
              {(index) => {
                const row = rows[index];
                if (row === undefined) return null;
                return (
                  <RowBoundary key={row.key} of={subjectOf(row)} fallback={() => <FallbackRow row={row} />}>
                    <TranscriptRow row={row} sessionId={sessionId} customer={name} myId={myId} />
                  </RowBoundary>
                );
              }}
            </Rows>
            {draft !== null && (
              <RowBoundary
                key={draft.turnId}
                of={draft.turnId}
                fallback={() => <li class="msg-plain">{draft.text}</li>}
              >
                <GrowingRow text={draft.text} />
              </RowBoundary>
            )}
            {typing !== null && <TypingRow name={name} />}
          </ol>
        </div>
      </div>
      {/* Who reads further up is told of what comes by this alone. */}
      <div role="status">
        {!atEnd && (
          <button type="button" class="to-end" onClick={toEnd}>
            <DownIcon size={16} />
            {chat.unread > 0 ? counted(words.conversation.newBelow, chat.unread) : words.conversation.toBottom}
          </button>
        )}
      </div>
    </div>
  );
}

/** What came before the part of the log that is there: brought page by page, one at a time. */
function useOlder({ sessionId, hasMore }: AgentChat) {
  const { client, actions } = useConsole();
  const [busyWith, setBusyWith] = useState<string>();
  /** The chat of which a page could not be loaded; the agent may try again. */
  const failed = useRef<string>();
  const ask = async (): Promise<void> => {
    if (busyWith === sessionId) return;
    setBusyWith(sessionId);
    const result = await client.loadEarlier(sessionId);
    setBusyWith(undefined);
    failed.current = result.ok ? undefined : sessionId;
    if (!result.ok) actions.tell('danger', fill(words.conversation.olderFailed, { message: result.message }));
  };
  return {
    loading: busyWith === sessionId,
    ask: () => void ask(),
    wanted: () => {
      if (hasMore && busyWith === undefined && failed.current !== sessionId) void ask();
    },
  };
}

/** What is in sight of an agent who looks is seen. */
function useSeen(chat: AgentChat, atEnd: boolean): void {
  const { client } = useConsole();
  const { sessionId } = chat;
  const { lastSeq } = factsOf(chat);
  const seen = () => {
    if (atEnd && !document.hidden && document.hasFocus() && lastSeq > chat.seen) client.markSeen(sessionId, lastSeq);
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
}
