import type {
  AckValueOf,
  Agent,
  AgentStatus,
  Brief,
  Change,
  ClientEvents,
  GivenRating,
  Note,
  QueuedSession,
  Session,
} from '@baton/contracts';
import type { Transport } from '../connection/transport.ts';
import type { BotDraft, ConnectionState, Problem, Result, TranscriptItem, TypingSign } from '../log/types.ts';
import type { ClientStorage, Clock } from '../platform/environment.ts';

export interface AgentClientOptions {
  /** Where a gateway is, `https://chat.example.com` or `https://example.com/support/`; without it the origin of the page. */
  url?: string;
  /** Default for `join`. A stay in storage under another name is forgotten. */
  name?: string;
  /** The installation's AGENT_KEY, when it has one. */
  key?: string;
  /** Most chats held at once; the server's default unless told. */
  capacity?: number;
  /** Default: `localStorage` where there is one, else memory. */
  storage?: ClientStorage;
  /** `baton.desk` unless told. */
  storageKey?: string;
  transport?: Transport;
  clock?: Clock;
}

/** `off`: not online. `joining`: going online, or back after a reload. `on`: online; see `agent.status`. */
export type AgentPhase = 'off' | 'joining' | 'on';

/** `mine`: assigned to this agent. `gone`: assigned elsewhere, or waiting again. `closed`: it has ended. */
export type ChatAssignment = 'mine' | 'gone' | 'closed';

/** One chat of the agent. A snapshot. */
export interface AgentChat {
  readonly sessionId: string;
  readonly session: Session;
  readonly assignment: ChatAssignment;
  /** It was assigned before the page was loaded, so it is no reason to notify. */
  readonly restored: boolean;
  /** The change that ended the assignment, when known. */
  readonly ended: Change | null;
  /** In order: the log by seq, then own messages that are not in it yet. */
  readonly items: readonly TranscriptItem[];
  /** Older entries exist than those in `items`. */
  readonly hasMore: boolean;
  readonly brief: Brief | null;
  /** Oldest first. */
  readonly notes: readonly Note[];
  /** The newest that the customer gave, also after the end; null while none. */
  readonly rating: GivenRating | null;
  readonly draft: BotDraft | null;
  /** The customer is typing. */
  readonly typing: TypingSign | null;
  /** The customer's page is not connected, as far as is known. */
  readonly customerAway: boolean;
  /** Messages of the customer after the newest entry given to `markSeen`. */
  readonly unread: number;
  readonly seen: number;
  /** Number of the newest entry that the customer has seen. */
  readonly seenByOther: number;
}

/** A chat at the moment of the request. */
export type ViewedChat = AckValueOf<ClientEvents['agent:view_session']>;

export interface AgentQueue {
  /** The first of those who wait, in order, and those behind them that `moreWaiting` has shown. */
  readonly sessions: readonly QueuedSession[];
  /** How many wait in all. */
  readonly total: number;
  /** When it was made, ISO 8601; null before the first. */
  readonly timestamp: string | null;
  /** The installation gives waiting chats to free agents without being asked. */
  readonly autoAssign?: boolean | undefined;
}

/** A snapshot: never changed, replaced by another. Parts that are equal are the same object as in the one before. */
export interface AgentState {
  readonly connection: ConnectionState;
  readonly phase: AgentPhase;
  readonly agent: Agent | null;
  readonly waiting: AgentQueue;
  /**
   * By session id, in the order in which they came. Chats that are gone or closed stay until `dismiss`; closed ones
   * also over a reload, then without their log until `view`.
   */
  readonly chats: ReadonlyMap<string, AgentChat>;
  readonly problem: Problem | null;
}

export type TransferTarget = { type: 'queue' } | { type: 'bot' } | { type: 'agent'; agentId: string };

export interface AgentClient {
  readonly state: AgentState;
  /** Calls after every change, soon but not at once; gives a function that ends it. */
  subscribe(listener: (state: AgentState) => void): () => void;
  /**
   * Goes online. A stay in storage is taken up by itself, without `join`. When the agent has come back on another
   * page, this one stays off with the problem FORBIDDEN; `join` takes it back.
   */
  join(as?: { name?: string; capacity?: number }): Promise<Result<Agent>>;
  /** Takes the chat named, or the next in line. Its log comes right behind, as a new one of `chats`. */
  claim(sessionId?: string): Promise<Result<Session>>;
  /** Puts a message in the outbox of this chat; gives its id. */
  send(sessionId: string, content: string): string;
  retry(sessionId: string, clientMessageId: string): void;
  discard(sessionId: string, clientMessageId: string): void;
  /** Colleagues read the reason; the customer reads `publicReason`, and nothing else of it. */
  closeChat(sessionId: string, reason?: string, publicReason?: string): Promise<Result<Session>>;
  /** As with `closeChat`: the reason is for colleagues. */
  transfer(sessionId: string, to: TransferTarget, reason: string, publicReason?: string): Promise<Result<Session>>;
  addNote(sessionId: string, content: string): Promise<Result<Note>>;
  setStatus(status: AgentStatus): Promise<Result<Agent>>;
  /** Call it on every keystroke; the sign is sent now and then and ends by itself. */
  setTyping(sessionId: string, active: boolean): void;
  markSeen(sessionId: string, seq: number): void;
  /** Shows the page of the log before what is shown; nothing when there is none. */
  loadEarlier(sessionId: string): Promise<Result<object>>;
  /**
   * Looks at a chat without taking it: one that waits, or one that ended with this agent. An ended one is added to
   * `chats`, with its log.
   */
  view(sessionId: string): Promise<Result<ViewedChat>>;
  /**
   * Shows more of those who wait, behind those shown; nothing when these are all. They are kept up to date from then
   * on.
   */
  moreWaiting(): Promise<Result<object>>;
  /** Who is online, and how much they hold: whom a chat can be handed to. */
  colleagues(): Promise<Result<readonly Agent[]>>;
  /** Removes a chat that is gone or closed from `chats`. */
  dismiss(sessionId: string): void;
  /** Signs out; chats still held go back to the queue after the grace period. */
  leave(): Promise<void>;
  /**
   * Milliseconds since 1970 by the server's clock, as far as known. Count durations from it: a device's clock may be
   * wrong by hours.
   */
  now(): number;
  /** Ends the connection only: the stay is kept in storage. */
  close(): void;
}
