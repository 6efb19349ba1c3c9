import type { BotContext, JsonObject, Position, Session, SessionStatus } from '@baton/contracts';
import type { Transport } from '../connection/transport.ts';
import type { BotDraft, ConnectionState, Problem, Result, TranscriptItem, TypingSign } from '../log/types.ts';
import type { ClientStorage, Clock } from '../platform/environment.ts';

export interface ChatOptions {
  /** Where a gateway is, `https://chat.example.com` or `https://example.com/support/`; without it the origin of the page. */
  url?: string;
  /** Who the customer is, as your site names it. A chat kept in storage for another userId is forgotten. */
  userId: string;
  /** What the bot should know, such as the page, or as a text the persona it is to take on: at most 16 kB of JSON. */
  botContext?: BotContext;
  /** What agents should see: at most 16 kB of JSON. */
  metadata?: JsonObject;
  /** True when the page greets the customer itself: the bot then begins with its first answer. */
  greeted?: boolean;
  /** Default: `localStorage` where there is one, else memory. */
  storage?: ClientStorage;
  /** Name under which the chat is kept in storage; `baton.chat` unless told. */
  storageKey?: string;
  /** Default: Socket.IO. */
  transport?: Transport;
  /** Default: the system's. */
  clock?: Clock;
}

/**
 * `idle`: no chat. `starting`: being opened, or taken up again after a reload. `open`: with bot, queue or agent, see
 * `session.status`. `closed`: ended; it can be read and rated until `startOver`.
 */
export type ChatPhase = 'idle' | 'starting' | 'open' | 'closed';

export interface ChatSession {
  id: string;
  /** Who is in control. */
  status: SessionStatus;
  /** While an agent is in control. */
  agentId: string | null;
  agentName: string | null;
  /** ISO 8601. */
  createdAt: string;
  closedAt: string | null;
}

/** A snapshot: never changed, replaced by another. Parts that are equal are the same object as in the one before. */
export interface ChatState {
  readonly connection: ConnectionState;
  readonly phase: ChatPhase;
  readonly session: ChatSession | null;
  /**
   * In order: the log by seq, then own messages that are not in it yet. After a reload, of a long chat the newest part.
   */
  readonly items: readonly TranscriptItem[];
  /** Earlier entries exist than those in `items`; see `loadEarlier`. */
  readonly hasMore: boolean;
  readonly draft: BotDraft | null;
  /** Who is typing on the other side. */
  readonly typing: TypingSign | null;
  /** Place in the queue and expected wait, while waiting and known. */
  readonly queue: Position | null;
  /** Number of the newest entry that the other side has seen. */
  readonly seenByOther: number;
  /** Messages of the other side, among `items`, after the newest entry given to `markSeen`, also across reloads. */
  readonly unread: number;
  /** Number of the newest entry given to `markSeen`. */
  readonly seen: number;
  /** What the customer gave, in this chat, from this browser. */
  readonly rating: number | null;
  /** The words given with that rating. */
  readonly ratingComment: string | null;
  /** Why the chat cannot go on now, or could not be started; null when all is well. */
  readonly problem: Problem | null;
}

export interface Chat {
  /** The newest snapshot. */
  readonly state: ChatState;
  /** Calls after every change, soon but not at once; gives a function that ends it. */
  subscribe(listener: (state: ChatState) => void): () => void;
  /**
   * Opens a chat, or takes up the one in storage. Goes on trying while offline; settles when the chat is open, or
   * refused for good, or `close` was called. A chat in storage is taken up by itself, without `start`.
   */
  start(): Promise<Result<ChatSession>>;
  /**
   * Puts a message in the outbox, from where it is sent as soon as possible, once, in order. Starts a chat if there is
   * none.
   */
  send(content: string): string;
  /** Sends a failed message again. */
  retry(clientMessageId: string): void;
  /** Forgets a failed message. */
  discard(clientMessageId: string): void;
  requestAgent(reason?: string): Promise<Result<Session>>;
  cancelRequest(): Promise<Result<Session>>;
  end(): Promise<Result<Session>>;
  /** The last rating counts; possible when the chat is closed, too. */
  rate(rating: 1 | 2 | 3 | 4 | 5, comment?: string): Promise<Result<object>>;
  /** Puts a page of entries in front of `items`, when there are any: see `hasMore`. */
  loadEarlier(): Promise<Result<object>>;
  /** Call it on every keystroke; the sign is sent now and then and ends by itself. */
  setTyping(active: boolean): void;
  /** The customer has seen everything up to this number. */
  markSeen(seq: number): void;
  /**
   * Forgets a closed chat, so that the next `start` opens a new one. Messages that never reached it stay as failed
   * ones, for `retry` or `discard`. Does nothing while a chat is open.
   */
  startOver(): void;
  /**
   * Milliseconds since 1970 by the server's clock, as far as known. Count durations from it: a device's clock may be
   * wrong by hours.
   */
  now(): number;
  /** Ends the connection, not the chat: what is unsent stays in storage. */
  close(): void;
}
