import type { Entry } from '@baton/contracts';
import type { Outgoing } from '../outbox/outbox.ts';
import type { Conversation } from './conversation.ts';
import type { Delivery, TranscriptItem } from './types.ts';

/**
 * What people see of a conversation, item by item. Made anew only when log, outbox or what was seen has changed, and
 * then items that are as before are the same objects, so that a page draws only what is new.
 */
export function createTranscript() {
  let items: readonly TranscriptItem[] = [];
  let of: Pick<Conversation, 'log' | 'outbox' | 'seenByOther'> | undefined;
  let byEntry = new Map<Entry, TranscriptItem>();
  let byOutgoing = new Map<Outgoing, TranscriptItem>();

  return (conversation: Conversation): readonly TranscriptItem[] => {
    const { log, outbox, seenByOther } = conversation;
    if (of?.log.entries === log.entries && of.outbox === outbox && of.seenByOther === seenByOther) return items;
    const entries = new Map<Entry, TranscriptItem>();
    const outgoing = new Map<Outgoing, TranscriptItem>();
    for (const entry of log.entries) {
      const delivery = deliveryOf(entry, conversation);
      const before = byEntry.get(entry);
      const same = before?.kind === 'event' || (before?.kind === 'message' && before.delivery === delivery);
      entries.set(entry, before && same ? before : itemOf(entry, conversation.side, delivery));
    }
    for (const one of outbox) outgoing.set(one, byOutgoing.get(one) ?? unsentItem(one, conversation.side));
    items = [...entries.values(), ...outgoing.values()];
    of = { log, outbox, seenByOther };
    byEntry = entries;
    byOutgoing = outgoing;
    return items;
  };
}

function deliveryOf(entry: Entry, { side, seenByOther }: Conversation): Delivery | undefined {
  if (entry.kind !== 'message' || entry.sender !== side) return undefined;
  return entry.seq <= seenByOther ? 'seen' : 'sent';
}

/** The same before and after a message has got its number. Per sender: each side chooses ids of its own. */
const keyOf = (sender: string, clientMessageId: string) => `${sender}:${clientMessageId}`;

function itemOf(entry: Entry, side: Conversation['side'], delivery: Delivery | undefined): TranscriptItem {
  const { seq, content, sender, timestamp } = entry;
  if (entry.kind === 'event')
    return { kind: 'event', key: `#${seq}`, seq, content, timestamp, change: entry.change, entry };
  const { clientMessageId, senderName } = entry;
  return {
    kind: 'message',
    key: clientMessageId === undefined ? `#${seq}` : keyOf(sender, clientMessageId),
    own: sender === side,
    content,
    sender,
    ...(senderName !== undefined && { senderName }),
    timestamp,
    ...(delivery !== undefined && { delivery }),
    ...(delivery !== undefined && clientMessageId !== undefined && { clientMessageId }),
    seq,
    entry,
  };
}

function unsentItem(one: Outgoing, side: Conversation['side']): TranscriptItem {
  const { clientMessageId, content, timestamp } = one;
  return {
    kind: 'message',
    key: keyOf(side, clientMessageId),
    own: true,
    content,
    sender: side,
    timestamp,
    delivery: one.state === 'waiting' ? 'sending' : one.state === 'stored' ? 'sent' : 'failed',
    ...(one.state === 'failed' && { problem: one.problem }),
    clientMessageId,
  };
}
