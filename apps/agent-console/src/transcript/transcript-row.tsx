import { now } from '../time/now.ts';
import { dayName } from '../words/words.ts';
import { EventRow, MessageRow, NoteRow } from './message-row.tsx';
import type { Row } from './rows.ts';

/** One row of a transcript, of whatever kind. */
export function TranscriptRow(props: { row: Row; sessionId: string; customer: string; myId: string | undefined }) {
  const { row, sessionId, customer, myId } = props;
  switch (row.kind) {
    case 'day':
      return (
        <li class="day">
          <span>{dayName(row.timestamp, now.peek())}</span>
        </li>
      );
    case 'event':
      return <EventRow change={row.item.change} before={row.before} timestamp={row.item.timestamp} myId={myId} />;
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
          myId={myId}
        />
      );
  }
}
