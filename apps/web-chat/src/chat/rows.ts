import type { TranscriptItem } from '@baton/client';

export type MessageItem = Extract<TranscriptItem, { kind: 'message' }>;
export type EventItem = Extract<TranscriptItem, { kind: 'event' }>;

/** One line of the transcript. Rows of one group are one person's, written in one go. */
export type Row =
  | { type: 'day'; key: string; timestamp: string }
  | {
      type: 'event';
      key: string;
      item: EventItem;
      /** The agent it speaks of: the one who comes, or the one who was there until now. */
      agentName: string | undefined;
    }
  | { type: 'message'; key: string; item: MessageItem; first: boolean; last: boolean; tellDelivery: boolean };

/** A longer pause begins a new group. */
const GROUP_WITHIN_MS = 5 * 60_000;

/**
 * The rows of a transcript. Own messages tell how far they have come only where that says something new: the newest one,
 * those on their way, and those that failed.
 */
export function rowsOf(items: readonly TranscriptItem[]): Row[] {
  const rows: Row[] = [];
  const newestOwn = items.findLast((item) => item.kind === 'message' && item.own);
  let previous: TranscriptItem | undefined;
  let open: (Row & { type: 'message' }) | undefined;
  let agentName: string | undefined;
  for (const item of items) {
    if (isGreeting(item) || (item.kind === 'event' && item.change.passing)) continue;
    const newDay = previous === undefined || !sameDay(previous.timestamp, item.timestamp);
    if (newDay) rows.push({ type: 'day', key: `day-${item.key}`, timestamp: item.timestamp });
    if (item.kind === 'event') {
      open = undefined;
      agentName = item.change.agentName ?? agentName;
      // The beginning needs no announcement: the greeting is it.
      if (item.change.cause !== 'started') rows.push({ type: 'event', key: item.key, item, agentName });
    } else {
      const first = newDay || open === undefined || !oneGo(open.item, item);
      if (!first && open !== undefined) open.last = false;
      const tellDelivery =
        item.own && (item === newestOwn || item.delivery === 'sending' || item.delivery === 'failed');
      open = { type: 'message', key: item.key, item, first, last: true, tellDelivery };
      rows.push(open);
    }
    previous = item;
  }
  return rows;
}

/**
 * The visitor was greeted before there was a chat, in their own language: see `Welcome`. The bot greets a new chat, too,
 * unless the first message is faster; that greeting is not shown, except one in a persona: those are other words.
 */
function isGreeting(item: TranscriptItem): boolean {
  if (item.kind !== 'message' || item.sender !== 'bot') return false;
  const { greeting, persona } = item.entry?.metadata ?? {};
  return greeting === true && persona !== true;
}

function oneGo(earlier: MessageItem, later: MessageItem): boolean {
  return (
    earlier.sender === later.sender &&
    earlier.senderName === later.senderName &&
    Date.parse(later.timestamp) - Date.parse(earlier.timestamp) < GROUP_WITHIN_MS
  );
}

function sameDay(one: string, other: string): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
