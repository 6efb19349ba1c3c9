import type { Note, TranscriptItem } from '@baton/client';
import { startOfDay } from '../words/words.ts';
import type { Holder } from './event-words.ts';
import { isMine } from './mine.ts';

type Message = Extract<TranscriptItem, { kind: 'message' }>;
type Event = Extract<TranscriptItem, { kind: 'event' }>;

/** One line of the transcript. */
export type Row =
  | { kind: 'day'; key: string; timestamp: string }
  /** `before`: the agent who had the chat until then. */
  | { kind: 'event'; key: string; item: Event; before: Holder | undefined }
  | { kind: 'note'; key: string; note: Note }
  /** `first` and `last` of what one person wrote without a pause. */
  | { kind: 'message'; key: string; item: Message; first: boolean; last: boolean };

/** After a pause this long, the name and the time are shown again. */
const PAUSE_MS = 5 * 60_000;

/**
 * The transcript as rows: entries in the order of the log, notes where they were written, a heading for each day, and
 * what one wrote without a pause together.
 */
export function rowsOf(items: readonly TranscriptItem[], notes: readonly Note[], myId: string | undefined): Row[] {
  const rows: Row[] = [];
  let day = 0;
  let noteAt = 0;
  let holder: Holder | undefined;
  let open: Extract<Row, { kind: 'message' }> | undefined;
  // The key of a day's heading names the item below it: when older items of that day are loaded, a new heading comes.
  const enterDay = (timestamp: string, of: string) => {
    const its = startOfDay(Date.parse(timestamp));
    if (its <= day) return;
    day = its;
    open = undefined;
    rows.push({ kind: 'day', key: `day ${of}`, timestamp });
  };
  const notesBefore = (timestamp: string | null) => {
    for (let note = notes[noteAt]; note !== undefined; note = notes[++noteAt]) {
      if (timestamp !== null && note.createdAt > timestamp) break;
      enterDay(note.createdAt, note.id);
      open = undefined;
      rows.push({ kind: 'note', key: `note ${note.id}`, note });
    }
  };
  const firstAt = items[0]?.timestamp;
  // Notes older than what is loaded belong further up.
  while (firstAt !== undefined && (notes[noteAt]?.createdAt ?? firstAt) < firstAt) noteAt += 1;

  for (const item of items) {
    notesBefore(item.timestamp);
    enterDay(item.timestamp, item.key);
    if (item.kind === 'event') {
      // The change that follows it at once says where the chat went, and why.
      if (item.change.passing) continue;
      open = undefined;
      rows.push({ kind: 'event', key: item.key, item, before: holder });
      holder = item.change.to === 'agent' ? item.change : undefined;
      continue;
    }
    const goesOn = open !== undefined && sameVoice(open.item, item, myId);
    if (goesOn && open !== undefined) open.last = false;
    open = { kind: 'message', key: item.key, item, first: !goesOn, last: true };
    rows.push(open);
    // While the beginning of the log is not loaded, the first agent's message tells who has the chat.
    if (item.sender === 'agent' && item.entry !== undefined) holder ??= holderOf(item.entry);
  }
  notesBefore(null);
  return rows;
}

const holderOf = ({ senderId, senderName }: NonNullable<Message['entry']>): Holder => ({
  ...(senderId !== undefined && { agentId: senderId }),
  ...(senderName !== undefined && { agentName: senderName }),
});

function sameVoice(before: Message, after: Message, myId: string | undefined): boolean {
  const pause = Date.parse(after.timestamp) - Date.parse(before.timestamp);
  if (before.sender !== after.sender || pause >= PAUSE_MS) return false;
  const mine = isMine(before, myId);
  return mine === isMine(after, myId) && (mine || before.entry?.senderId === after.entry?.senderId);
}
