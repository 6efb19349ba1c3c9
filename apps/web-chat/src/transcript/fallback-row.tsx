import type { Row } from './rows.ts';

/** What a row shows. Equal content draws the same row. */
export const subjectOf = (row: Row): unknown => (row.type === 'day' ? row.key : row.item);

/** A row that cannot be drawn as it should be: its words, and whose they are by where they stand. */
export function FallbackRow({ row }: { row: Row }) {
  if (row.type === 'day') return <p class="row-day">{row.timestamp.slice(0, 10)}</p>;
  const { item } = row;
  if (item.kind === 'event' || item.sender === 'system')
    return (
      <p class="row-event">
        <span>{item.content}</span>
      </p>
    );
  const from = item.own ? 'own' : item.sender === 'agent' ? 'agent' : 'bot';
  return (
    <div class={`row row-${from} row-first`}>
      <div class="row-body">
        <div class="row-words row-plain" dir="auto">
          {item.content}
        </div>
      </div>
    </div>
  );
}
