import type { Draft, Entry, EventEntry, PayloadOf, ServerEvents, Typing } from '@baton/contracts';
import { type DraftView, draftCame, entriesShown, noDraft, withoutDraft } from '@baton/contracts/arrival';
import {
  discardFailed,
  markFailed,
  markStored,
  markWaiting,
  type Outbox,
  type Outgoing,
  refusalOf,
  withoutArrived,
} from '../outbox/outbox.ts';
import { accept, acceptPage, emptyLog, expectUpTo, headOf, type Log, prepend } from './session-log.ts';
import type { Problem, TypingSign } from './types.ts';

/** Who looks: the customer, or the agent's side. */
export type Side = 'user' | 'agent';

/**
 * Everything that one side sees of one session. Never changed, replaced by another; equal parts stay the same object.
 */
export interface Conversation {
  readonly side: Side;
  readonly log: Log;
  readonly outbox: Outbox;
  readonly draft: DraftView;
  /** Who is typing on the other side. */
  readonly typing: TypingSign | null;
  /** Number of the newest entry that this side has seen, and the other. */
  readonly seen: number;
  readonly seenByOther: number;
}

export function newConversation(side: Side, base: number, outbox: Outbox = []): Conversation {
  return { side, log: emptyLog(base), outbox, draft: noDraft, typing: null, seen: base, seenByOther: 0 };
}

/** The same object when nothing of it changes. */
function changed(conversation: Conversation, parts: Partial<Conversation>): Conversation {
  const isSame = Object.entries(parts).every(([name, part]) => conversation[name as keyof Conversation] === part);
  return isSame ? conversation : { ...conversation, ...parts };
}

const isOther = (side: Side, sender: Entry['sender']): boolean => sender !== 'system' && sender !== side;

/** Entries have come, as notifications or replies, in any order. `fresh` are those that have become part of the log. */
export function received(
  conversation: Conversation,
  entries: readonly Entry[],
): { conversation: Conversation; fresh: readonly Entry[] } {
  return taken(conversation, entries, accept(conversation.log, entries));
}

/** The newest page of the log has come; see `acceptPage`. */
export function receivedPage(
  conversation: Conversation,
  page: readonly Entry[],
  lastSeq: number,
): { conversation: Conversation; fresh: readonly Entry[] } {
  return taken(conversation, page, acceptPage(conversation.log, page, lastSeq));
}

function taken(
  conversation: Conversation,
  entries: readonly Entry[],
  { log, fresh }: { log: Log; fresh: readonly Entry[] },
): { conversation: Conversation; fresh: readonly Entry[] } {
  const { side } = conversation;
  let { outbox, seenByOther, typing } = conversation;
  for (const entry of entries) {
    if (entry.kind === 'message' && entry.sender === side && entry.clientMessageId !== undefined)
      outbox = markStored(outbox, entry.clientMessageId, entry);
  }
  outbox = withoutArrived(outbox, headOf(log));
  for (const entry of fresh) {
    if (entry.kind !== 'message' || !isOther(side, entry.sender)) continue;
    // Who writes has seen what is before; the bot says itself what it has read.
    seenByOther = Math.max(seenByOther, entry.sender === 'bot' ? (entry.inReplyTo ?? 0) : entry.seq);
    if (typing?.sender === entry.sender) typing = null;
  }
  if (fresh.some(({ kind }) => kind === 'event')) typing = null;
  const draft = entriesShown(conversation.draft, fresh);
  return { conversation: { ...conversation, log, outbox, draft, seenByOther, typing }, fresh };
}

/** Entries from before the log's beginning; those that do not lead up to it are left out. */
export const withEarlier = (conversation: Conversation, entries: readonly Entry[]): Conversation =>
  changed(conversation, { log: prepend(conversation.log, entries) });

export const reaches = (conversation: Conversation, lastSeq: number): Conversation =>
  changed(conversation, { log: expectUpTo(conversation.log, lastSeq) });

/** A message is written. One that the server would refuse fails at once. */
export function written(
  conversation: Conversation,
  clientMessageId: string,
  content: string,
  at: number,
): Conversation {
  const problem = refusalOf(content);
  const message = { clientMessageId, content, timestamp: new Date(at).toISOString() };
  const outgoing: Outgoing = problem ? { ...message, state: 'failed', problem } : { ...message, state: 'waiting' };
  return { ...conversation, outbox: [...conversation.outbox, outgoing] };
}

export const refused = (conversation: Conversation, id: string, problem: Problem): Conversation =>
  changed(conversation, { outbox: markFailed(conversation.outbox, id, problem) });
export const retried = (conversation: Conversation, id: string): Conversation =>
  changed(conversation, { outbox: markWaiting(conversation.outbox, id) });
export const discarded = (conversation: Conversation, id: string): Conversation =>
  changed(conversation, { outbox: discardFailed(conversation.outbox, id) });

export function draftReceived(conversation: Conversation, draft: Draft): Conversation {
  const view = draftCame(conversation.draft, draft);
  if (view === conversation.draft) return conversation;
  // What is being answered has been read.
  const read = conversation.side === 'user' ? draft.inReplyTo : 0;
  return { ...conversation, draft: view, seenByOther: Math.max(conversation.seenByOther, read) };
}

export const draftForgotten = (conversation: Conversation): Conversation =>
  changed(conversation, { draft: withoutDraft(conversation.draft) });

export function typingReceived(conversation: Conversation, { sender, name, active }: Typing): Conversation {
  if (!isOther(conversation.side, sender)) return conversation;
  const { typing } = conversation;
  if (!active) return typing?.sender === sender ? typingForgotten(conversation) : conversation;
  const sign: TypingSign = { sender, name: name ?? null };
  const isSame = typing?.sender === sign.sender && typing.name === sign.name;
  return isSame ? conversation : changed(conversation, { typing: sign });
}

export const typingForgotten = (conversation: Conversation): Conversation => changed(conversation, { typing: null });

/** The other side has seen everything up to `seq`. */
export const seenByOtherReceived = (conversation: Conversation, seq: number): Conversation =>
  changed(conversation, { seenByOther: Math.max(seq, conversation.seenByOther) });

/** This side has seen everything up to `seq`, as far as it has come. */
export const sawUpTo = (conversation: Conversation, seq: number): Conversation =>
  changed(conversation, { seen: Math.max(Math.min(seq, headOf(conversation.log)), conversation.seen) });

/** Messages of the other side that this side has not seen. */
export function unreadOf({ side, log, seen }: Conversation): number {
  let count = 0;
  for (let index = log.entries.length - 1; index >= 0; index--) {
    const entry = log.entries[index];
    if (entry === undefined || entry.seq <= seen) break;
    if (entry.kind === 'message' && isOther(side, entry.sender)) count++;
  }
  return count;
}

/** `status:changed` is an entry of the log without its id, which nobody needs: the number tells it apart as well. */
export function entryOfChange(changed: PayloadOf<ServerEvents['status:changed']>): EventEntry {
  const { sessionId, seq, change, message, timestamp } = changed;
  return {
    kind: 'event',
    id: `${sessionId}:${seq}`,
    sessionId,
    seq,
    content: message,
    sender: change.by,
    timestamp,
    metadata: {},
    change,
  };
}
