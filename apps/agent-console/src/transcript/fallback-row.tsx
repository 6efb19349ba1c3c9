import type { Row } from './rows.ts';

/** What a row shows. Equal content draws the same row. */
export function subjectOf(row: Row): unknown {
  if (row.kind === 'day') return row.key;
  return row.kind === 'note' ? row.note : row.item;
}

/** A row that cannot be drawn as it should be: its words, and whose they are by where they stand. */
export function FallbackRow({ row }: { row: Row }) {
  switch (row.kind) {
    case 'day':
      return <li class="day">{row.timestamp.slice(0, 10)}</li>;
    case 'event':
      return (
        <li class="event">
          <p class="event-text">{row.item.content}</p>
        </li>
      );
    case 'note':
      return (
        <li class="note">
          <p class="msg-plain">{`${row.note.agentName}: ${row.note.content}`}</p>
        </li>
      );
    case 'message':
      return (
        <li class={`msg msg-${row.item.sender} msg-first msg-last`}>
          <div class="msg-body msg-plain">{row.item.content}</div>
        </li>
      );
  }
}
