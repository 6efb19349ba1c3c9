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
export function withEarlier(conversation: Conversation, entries: readonly Entry[]): Conversation {
  const log = prepend(conversation.log, entries);
  return log === conversation.log ? conversation : { ...conversation, log };
}

export function reaches(conversation: Conversation, lastSeq: number): Conversation {
  const log = expectUpTo(conversation.log, lastSeq);
  return log === conversation.log ? conversation : { ...conversation, log };
}

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

const withOutbox = (conversation: Conversation, outbox: Outbox): Conversation =>
  outbox === conversation.outbox ? conversation : { ...conversation, outbox };

export const refused = (conversation: Conversation, id: string, problem: Problem): Conversation =>
  withOutbox(conversation, markFailed(conversation.outbox, id, problem));
export const retried = (conversation: Conversation, id: string): Conversation =>
  withOutbox(conversation, markWaiting(conversation.outbox, id));
export const discarded = (conversation: Conversation, id: string): Conversation =>
  withOutbox(conversation, discardFailed(conversation.outbox, id));

export function draftReceived(conversation: Conversation, draft: Draft): Conversation {
  const view = draftCame(conversation.draft, draft);
  if (view === conversation.draft) return conversation;
  // What is being answered has been read.
  const read = conversation.side === 'user' ? draft.inReplyTo : 0;
  return { ...conversation, draft: view, seenByOther: Math.max(conversation.seenByOther, read) };
}

export function draftForgotten(conversation: Conversation): Conversation {
  const view = withoutDraft(conversation.draft);
  return view === conversation.draft ? conversation : { ...conversation, draft: view };
}

export function typingReceived(conversation: Conversation, { sender, name, active }: Typing): Conversation {
  if (!isOther(conversation.side, sender)) return conversation;
  const { typing } = conversation;
  if (!active) return typing?.sender === sender ? { ...conversation, typing: null } : conversation;
  const sign: TypingSign = { sender, name: name ?? null };
  if (typing?.sender === sign.sender && typing.name === sign.name) return conversation;
  return { ...conversation, typing: sign };
}

export const typingForgotten = (conversation: Conversation): Conversation =>
  conversation.typing === null ? conversation : { ...conversation, typing: null };

/** The other side has seen everything up to `seq`. */
export const seenByOtherReceived = (conversation: Conversation, seq: number): Conversation =>
  seq > conversation.seenByOther ? { ...conversation, seenByOther: seq } : conversation;

/** This side has seen everything up to `seq`, as far as it has come. */
export function sawUpTo(conversation: Conversation, seq: number): Conversation {
  const seen = Math.min(seq, headOf(conversation.log));
  return seen > conversation.seen ? { ...conversation, seen } : conversation;
}

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
