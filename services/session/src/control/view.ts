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

/** A session as it was read, with all that a decision about its control looks at. */
export interface SessionView {
  session: Session;
  /** [A1] What the bot owes. */
  unansweredSeq: number | null;
  unansweredSince: string | null;
  /** Since when the bot stands in, while the session waits and no agent is online. */
  standInSince: string | null;
  /** The newest message of a participant; what a service says for the operator is none. */
  newestMessage: { seq: number; sender: Sender } | null;
  /** [S6] How many others wait from where this one comes; null when no limit counts for it. */
  waitingOfSource: WaitingOfSource | null;
  /** The present wait, or the last one. */
  lastWait: {
    reason: string;
    priority: Priority;
    requestedAt: string;
    brief: Brief | null;
    metadata: JsonObject;
  } | null;
}

/** How many sessions wait: of one customer, and of the network address that it is at. */
export interface WaitingOfSource {
  customer: number;
  address: number;
}

/** The agents that a decision was asked about, by id. One that does not exist is missing. */
export type AgentsById = ReadonlyMap<string, Agent>;

/** [C3] One entry of the log that a change of control makes. Its epoch and number are given when it is written. */
export interface Step {
  change: Omit<Change, 'epoch'>;
  /** `change` in one English sentence. */
  content: string;
}

/** A wait that begins. */
export interface NewWait {
  reason: string;
  priority: Priority;
  /** [Q3] An earlier place that it gets back; null: from now. */
  requestedAt: string | null;
  brief: Brief | null;
  metadata: JsonObject;
  requestedBy: Sender;
}

/**
 * A change of control as it was decided. It is carried out only if the session is still as it was read: `epoch` says so
 * of all that concerns control, `lastSeq`, where it is given, of the log as well.
 */
export interface ControlChange {
  sessionId: string;
  epoch: number;
  lastSeq: number | null;
  to: SessionStatus;
  steps: Step[];
  /** Who gets the session into its hands, and who loses it. */
  taker: string | null;
  loser: string | null;
  wait: NewWait | null;
  /** [S6] Not made when so many wait from where the session comes already; null: whoever waits. */
  most: WaitingOfSource | null;
  /** [A1] The entry that the bot owes an answer to from now on. */
  owedSeq: number | null;
}

/** A change of control that was made: the session after it, its entries, and the wait that it began or else ended. */
export interface Applied {
  session: Session;
  entries: EventEntry[];
  wait: Wait | null;
  /** Where the session comes from, when that is known. */
  source: string | null;
}
