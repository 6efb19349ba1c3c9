import {
  type Change,
  type Draft,
  type Entry,
  type MessageEntry,
  type PayloadOf,
  type ServerEvents,
  TYPING_TIMEOUT_MS,
  type Typing,
} from '@baton/contracts';
import { createLogOrder } from './log-order.ts';

export type StatusChange = PayloadOf<ServerEvents['status:changed']>;

/** One entry of a log, as it is shown. */
export type Shown =
  | { kind: 'message'; seq: number; message: MessageEntry }
  | { kind: 'change'; seq: number; change: Change; sentence: string };

/** A draft that grows no more and is not replaced was lost on the way. */
const DRAFT_TIMEOUT_MS = 20_000;

/**
 * One session as this side sees it: its log in order, and the hints that come and go with it (the bot's growing answer,
 * who is typing). `onShown` gets each entry once, in order; `onChange` says that a hint has changed.
 */
export function createConversation(options: { onShown: (item: Shown) => void; onChange: () => void; gapMs?: number }) {
  let draft: Draft | undefined;
  let answeredThrough = 0;
  let typist: { name: string; sender: Typing['sender'] } | undefined;
  let draftTimer: NodeJS.Timeout | undefined;
  let typingTimer: NodeJS.Timeout | undefined;

  const dropDraft = () => {
    clearTimeout(draftTimer);
    draft = undefined;
    options.onChange();
  };
  const dropTypist = () => {
    clearTimeout(typingTimer);
    typist = undefined;
    options.onChange();
  };

  const order = createLogOrder<Shown>((item) => {
    if (item.kind === 'message') {
      const { sender, inReplyTo } = item.message;
      if (sender === 'bot' && inReplyTo !== undefined) answeredThrough = Math.max(answeredThrough, inReplyTo);
      if (draft !== undefined && (sender === 'bot' || draft.inReplyTo <= answeredThrough)) dropDraft();
      if (typist?.sender === sender) dropTypist();
    } else if (item.change.to !== 'bot' && draft !== undefined) dropDraft();
    options.onShown(item);
  }, options.gapMs);

  return {
    get lastSeq() {
      return order.lastSeq;
    },
    get draft() {
      return draft;
    },
    get typist() {
      return typist;
    },
    begin: order.begin,
    message: (message: MessageEntry) => order.receive({ kind: 'message', seq: message.seq, message }),
    change: ({ seq, change, message }: Pick<StatusChange, 'seq' | 'change' | 'message'>) =>
      order.receive({ kind: 'change', seq, change, sentence: message }),
    entry(entry: Entry): void {
      order.receive(
        entry.kind === 'message'
          ? { kind: 'message', seq: entry.seq, message: entry }
          : { kind: 'change', seq: entry.seq, change: entry.change, sentence: entry.content },
      );
    },
    receiveDraft(next: Draft): void {
      clearTimeout(draftTimer);
      // A hint may come after the entry that replaces it.
      if (next.ended || next.inReplyTo <= answeredThrough) {
        if (draft !== undefined) dropDraft();
        return;
      }
      draft = next;
      draftTimer = setTimeout(dropDraft, DRAFT_TIMEOUT_MS);
      options.onChange();
    },
    receiveTyping({ sender, name, active }: Typing): void {
      clearTimeout(typingTimer);
      typist = active ? { sender, name: name ?? (sender === 'user' ? 'The customer' : 'The other side') } : undefined;
      if (active) typingTimer = setTimeout(dropTypist, TYPING_TIMEOUT_MS);
      options.onChange();
    },
    close(): void {
      clearTimeout(draftTimer);
      clearTimeout(typingTimer);
      order.close();
    },
  };
}
