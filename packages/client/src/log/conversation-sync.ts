import type { Draft, Entry, MessageEntry, Reply, Seen, Typing } from '@baton/contracts';
import { nextOf, type Outbox } from '../outbox/outbox.ts';
import type { SavedOutbox } from '../outbox/saved-outbox.ts';
import { createSender } from '../outbox/sender.ts';
import { type Clock, newId } from '../platform/environment.ts';
import {
  type Conversation,
  discarded,
  draftForgotten,
  draftReceived,
  newConversation,
  reaches,
  received,
  receivedPage,
  refused,
  retried,
  type Side,
  sawUpTo,
  seenByOtherReceived,
  typingForgotten,
  typingReceived,
  withEarlier,
  written,
} from './conversation.ts';
import { createExpiry } from './expiry.ts';
import { createGapDetector } from './gap-detector.ts';
import { createTranscript } from './transcript.ts';
import type { TranscriptItem, UnsentMessage } from './types.ts';
import { createSeenSigns, createTypingSigns } from './typing-and-seen.ts';

/** What a conversation needs of the server and of the connection. */
export interface Wire {
  /** The server knows this chat on the present connection. */
  ready: () => boolean;
  send: (message: UnsentMessage) => Promise<Reply<{ message: MessageEntry }>>;
  typing: (active: boolean) => void;
  seen: (seq: number) => void;
  /** Somebody is on the other side who would like to know of typing and reading. */
  watched: () => boolean;
  /** Say again who we are: entries are missing, or the server does not know this chat. */
  again: () => void;
}

/**
 * One conversation with all that moves it: the outbox is sent, gaps are asked for, typing and drafts expire. What it
 * knows is in `conversation`, which only the pure functions of conversation.ts change.
 */
export function createConversationSync(options: {
  clock: Clock;
  side: Side;
  /** The log begins behind this number. */
  base: number;
  /** What is known from before a reload. */
  seen?: number;
  seenByOther?: number;
  /** What waits to be sent from before. */
  outbox: Outbox;
  saved: SavedOutbox;
  wire: Wire;
  /** Entries have become part of the log. */
  shown: (fresh: readonly Entry[]) => void;
  changed: () => void;
}) {
  const { clock, saved, wire } = options;
  let conversation: Conversation = {
    ...newConversation(options.side, options.base, options.outbox),
    seen: options.seen ?? options.base,
    seenByOther: options.seenByOther ?? 0,
  };
  saved.follow([], options.outbox);
  let stopped = false;
  /** Where reading began was not told by anybody: the other side is told of what was seen since. */
  let marked = false;
  const transcript = createTranscript();
  const expiry = createExpiry(clock, {
    typing: () => put(typingForgotten(conversation)),
    draft: () => put(draftForgotten(conversation)),
  });
  const gaps = createGapDetector(clock, wire.again);
  const typing = createTypingSigns(clock, (active) => {
    if (wire.ready() && wire.watched()) wire.typing(active);
  });
  const seen = createSeenSigns(clock, wire.seen);
  const sender = createSender({
    clock,
    ready: wire.ready,
    next: () => nextOf(conversation.outbox),
    send: wire.send,
    stored: (entry) => take(received(conversation, [entry])),
    refused: (id, problem) => put(refused(conversation, id, problem)),
    unknown: wire.again,
  });

  const put = (next: Conversation, typingRenewed = false) => {
    if (stopped) return;
    const before = conversation;
    conversation = next;
    expiry.follow(next, typingRenewed);
    if (before === next) return;
    saved.follow(before.outbox, next.outbox);
    gaps.follow(next.log);
    options.changed();
  };
  const take = (result: { conversation: Conversation; fresh: readonly Entry[] }) => {
    put(result.conversation);
    if (result.fresh.length > 0 && !stopped) options.shown(result.fresh);
  };
  const tellSeen = () => {
    if (marked && wire.ready() && wire.watched()) seen.tell(conversation.seen);
  };

  return {
    get conversation() {
      return conversation;
    },
    get items(): readonly TranscriptItem[] {
      return transcript(conversation);
    },
    received: (entries: readonly Entry[]) => take(received(conversation, entries)),
    receivedPage: (page: readonly Entry[], lastSeq: number) => take(receivedPage(conversation, page, lastSeq)),
    /** Entries before those that are there. */
    receivedEarlier: (entries: readonly Entry[]) => put(withEarlier(conversation, entries)),
    reaches: (lastSeq: number) => put(reaches(conversation, lastSeq)),
    draft: (draft: Draft) => put(draftReceived(conversation, draft)),
    typing: (sign: Typing) => put(typingReceived(conversation, sign), sign.active),
    seenByOther({ sender: by, seq }: Seen): void {
      if (by !== options.side) put(seenByOtherReceived(conversation, seq));
    },
    /** Puts a message in the outbox; gives its id. */
    write(content: string): string {
      const id = newId();
      put(written(conversation, id, content, clock.now()));
      typing.forget();
      sender.pump();
      return id;
    },
    retry(id: string): void {
      put(retried(conversation, id));
      sender.pump();
    },
    discard: (id: string) => put(discarded(conversation, id)),
    setTyping: (active: boolean) => typing.set(active),
    markSeen(seq: number): void {
      marked = true;
      put(sawUpTo(conversation, seq));
      tellSeen();
    },
    /** The server knows this chat, on a new connection or after a new assignment: everything that waits may go. */
    connected(): void {
      typing.forget();
      seen.stop();
      tellSeen();
      sender.now();
    },
    stop(): void {
      stopped = true;
      sender.stop();
      expiry.stop();
      gaps.stop();
      typing.forget();
      seen.stop();
    },
  };
}
export type ConversationSync = ReturnType<typeof createConversationSync>;
