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
  | {
      type: 'message';
      key: string;
      item: MessageItem;
      first: boolean;
      last: boolean;
      tellDelivery: boolean;
      /** An answer that ends early. Nothing came after it, so its rest may be asked for. */
      cut?: 'newest' | 'earlier';
    };

/** A longer pause begins a new group. */
const GROUP_WITHIN_MS = 5 * 60_000;

/**
 * The rows of a transcript. Own messages tell how far they have come only where that says something new: the newest
 * one, those on their way, and those that failed.
 * @param lastAgent whom a chat that has ended was with: its beginning, which says so, may not be among the items
 */
export function rowsOf(items: readonly TranscriptItem[], lastAgent?: string | null): Row[] {
  const rows: Row[] = [];
  const newestOwn = items.findLast((item) => item.kind === 'message' && item.own);
  const isNewDay = daysOf();
  let open: (Row & { type: 'message' }) | undefined;
  let agentName: string | undefined;
  for (const item of items) {
    if (isGreeting(item) || (item.kind === 'event' && item.change.passing)) continue;
    const newDay = isNewDay(item.timestamp);
    if (newDay) rows.push({ type: 'day', key: `day-${item.key}`, timestamp: item.timestamp });
    if (item.kind === 'event') {
      open = undefined;
      agentName = item.change.agentName ?? agentName ?? (item.change.to === 'closed' ? lastAgent : null) ?? undefined;
      // The beginning needs no announcement: the greeting is it.
      if (item.change.cause !== 'started') rows.push({ type: 'event', key: item.key, item, agentName });
    } else {
      const first = newDay || open === undefined || !oneGo(open.item, item);
      if (!first && open !== undefined) open.last = false;
      const tellDelivery =
        item.own && (item === newestOwn || item.delivery === 'sending' || item.delivery === 'failed');
      open = { type: 'message', key: item.key, item, first, last: true, tellDelivery };
      if (item.sender === 'bot' && item.entry?.metadata.cut !== undefined)
        open.cut = item === items.at(-1) ? 'newest' : 'earlier';
      rows.push(open);
      if (item.sender === 'agent') agentName = item.senderName ?? agentName;
    }
  }
  return rows;
}

/**
 * The visitor was greeted before there was a chat, in their own language: see `Welcome`. The bot greets a new chat,
 * too, unless the first message is faster; that greeting is not shown, except one in a persona: those are other words.
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

/** Tells of each time, in order, whether it is of another day than the one before. */
function daysOf(): (timestamp: string) => boolean {
  let begins = 0;
  let ends = 0;
  return (timestamp) => {
    const at = Date.parse(timestamp);
    if (at >= begins && at < ends) return false;
    // Asked for each day, not for each row: of a long chat that would be the most of all that is done.
    const day = new Date(at);
    begins = new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
    ends = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime();
    return true;
  };
}
