import type { ErrorCode, EventEntry, MessageEntry, Reply } from '@baton/contracts';

/** What an action gives: `{ok: true, value}`, or `{ok: false, code, message, field?}` with words for the person. */
export type Result<Value> = Reply<Value>;

/**
 * `connecting`: not yet, for the first time. `offline`: lost, and not back within a moment; it comes back by itself.
 */
export type ConnectionState = 'connecting' | 'online' | 'offline';

/** Why something did not work, with words for the person. Decide by `code`. */
export interface Problem {
  code: ErrorCode;
  message: string;
}

/**
 * How far an own message has come. `sending`: in the outbox, also while offline. `sent`: stored. `seen`: the other side
 * has seen it. `failed`: refused; see `problem`, and `retry` or `discard` it.
 */
export type Delivery = 'sending' | 'sent' | 'seen' | 'failed';

/** An own message that is not in the log yet. */
export interface UnsentMessage {
  clientMessageId: string;
  content: string;
  /** When it was written, ISO 8601. */
  timestamp: string;
}

/**
 * One line of what people see. `key` stays the same from the moment a message is written; a changed item is a new
 * object.
 */
export type TranscriptItem =
  | {
      kind: 'message';
      key: string;
      /** Written on this side: by the customer in a chat, by any agent in an agent's. */
      own: boolean;
      content: string;
      sender: MessageEntry['sender'];
      senderName?: string;
      /** ISO 8601. */
      timestamp: string;
      /** Of own messages only. */
      delivery?: Delivery;
      /** Why it failed. */
      problem?: Problem;
      /** Of own messages, for `retry` and `discard`. */
      clientMessageId?: string;
      /** Number in the log; missing while it is not in it. */
      seq?: number;
      /** The entry itself. */
      entry?: MessageEntry;
    }
  | {
      kind: 'event';
      key: string;
      seq: number;
      /** The change of control in one English sentence; `change.cause` is for words of your own. */
      content: string;
      timestamp: string;
      change: EventEntry['change'];
      entry: EventEntry;
    };

/** The bot's draft: all of its answer so far. */
export interface BotDraft {
  text: string;
  /** Number of the entry that it answers. */
  inReplyTo: number;
  turnId: string;
}

export interface TypingSign {
  sender: 'user' | 'bot' | 'agent';
  name: string | null;
}
