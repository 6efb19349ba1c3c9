import type {
  Agent,
  Brief,
  Change,
  EventEntry,
  JsonObject,
  Priority,
  Sender,
  Session,
  SessionStatus,
  Wait,
} from '@baton/contracts';

/** A session as read from the store, with everything that a decision about its control needs. */
export interface SessionView {
  session: Session;
  /** [A1] The newest entry that the bot has not answered, and since when. */
  unansweredSeq: number | null;
  unansweredSince: string | null;
  /** Since when the bot stands in; null when it does not. */
  standInSince: string | null;
  /** The newest message of a customer, an agent or the bot. */
  newestMessage: { seq: number; sender: Sender } | null;
  /** [S6] How many other sessions of the same source wait; null when no limit applies. */
  waitingOfSource: WaitingOfSource | null;
  /** The current wait, or the last one. */
  lastWait: {
    reason: string;
    priority: Priority;
    requestedAt: string;
    brief: Brief | null;
    metadata: JsonObject;
  } | null;
}

/** Sessions that wait: of one customer, and of the customer's network address. */
export interface WaitingOfSource {
  customer: number;
  address: number;
}

/** The agents that a decision concerns, by id, without those that do not exist. */
export type AgentsById = ReadonlyMap<string, Agent>;

/** [C3] One log entry of a change of control. It gets its epoch and number when it is written. */
export interface Step {
  change: Omit<Change, 'epoch'>;
  /** `change` in one English sentence. */
  content: string;
}

/** A wait that a change begins. */
export interface NewWait {
  reason: string;
  priority: Priority;
  /** [Q3] The start of an earlier wait, whose position it gets back; null is now. */
  requestedAt: string | null;
  brief: Brief | null;
  metadata: JsonObject;
  requestedBy: Sender;
}

/**
 * A change of control that was decided. It is applied only if the session has not changed since it was read: `epoch` is
 * the version of its control, and `lastSeq`, where given, of its log.
 */
export interface ControlChange {
  sessionId: string;
  epoch: number;
  lastSeq: number | null;
  to: SessionStatus;
  steps: Step[];
  /** The agent that the session is assigned to, and the one that it was assigned to. */
  assignee: string | null;
  released: string | null;
  wait: NewWait | null;
  /** [S6] Not applied when this many sessions of the source wait already; null is no limit. */
  limits: WaitingOfSource | null;
  /** [A1] The entry whose reply is pending from now on. */
  unansweredSeq: number | null;
}

/** An applied change of control: the session after it, its entries, and the wait that it began or ended. */
export interface Applied {
  session: Session;
  entries: EventEntry[];
  wait: Wait | null;
  /** The customer and network address, where known. */
  source: string | null;
}
