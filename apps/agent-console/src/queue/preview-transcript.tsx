import type { TranscriptItem, ViewedChat } from '@baton/client';
import { RowBoundary } from '@baton/design';
import { useMemo } from 'preact/hooks';
import type { Looked } from '../console/chat-preview.ts';
import { useConsole } from '../console/context.ts';
import { customerName } from '../customer/customer-name.ts';
import { FallbackRow, subjectOf } from '../transcript/fallback-row.tsx';
import { rowsOf } from '../transcript/rows.ts';
import { TranscriptRow } from '../transcript/transcript-row.tsx';
import { fill, words } from '../words/words.ts';
import '../transcript/transcript.css';

/** What was said in a chat before anybody took it, to be read only. */
export function SoFar({ looked: { view, problem } }: { looked: Looked }) {
  const { agent } = useConsole();
  const myId = agent.value?.id;
  const session = view?.session;
  const rows = useMemo(
    () => (session === undefined ? [] : rowsOf(session.messages.map(itemOf), session.notes, myId)),
    [session, myId],
  );
  if (session === undefined)
    return problem === null ? null : (
      <p class="faint">{fill(words.waiting.transcriptFailed, { message: problem.message })}</p>
    );
  return (
    <section aria-labelledby="so-far-title">
      <h3 class="small-title" id="so-far-title">
        {words.waiting.transcript}
      </h3>
      {session.hasMore && <p class="faint">{words.waiting.newestOnly}</p>}
      <ol class="transcript-rows so-far">
        {rows.map((row) => (
          <RowBoundary key={row.key} of={subjectOf(row)} fallback={() => <FallbackRow row={row} />}>
            <TranscriptRow row={row} sessionId={session.id} customer={customerName(session)} myId={myId} />
          </RowBoundary>
        ))}
      </ol>
    </section>
  );
}

function itemOf(entry: ViewedChat['session']['messages'][number]): TranscriptItem {
  const { id: key, seq, content, timestamp } = entry;
  if (entry.kind === 'event') return { kind: 'event', key, seq, content, timestamp, change: entry.change, entry };
  const { sender, senderName } = entry;
  const own = sender === 'agent';
  return { kind: 'message', key, own, content, sender, ...(senderName && { senderName }), timestamp, seq, entry };
}
