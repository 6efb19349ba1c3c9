import type { Change, Priority, Sender, SessionStatus } from '@baton/contracts';

/** The replies to one send, one for each attempt. Times are milliseconds since 1970. */
export type Told =
  | { ok: true; at: number; seq: number; id: string; repeated: boolean }
  | { ok: false; at: number; code: string };

/** One message as one client sent it, over all its repeats. */
export interface Send {
  client: string;
  role: 'user' | 'agent';
  sessionId: string;
  clientMessageId: string;
  content: string;
  /** Counts the client's messages in this session, from 1. */
  order: number;
  /** The epoch it was written for, when the client said so. */
  epoch?: number;
  agentId?: string;
  sentAt: number;
  told: Told[];
}

/** What a client was shown of a session without a gap, including what it already had when it reconnected. */
export interface View {
  id: string;
  client: string;
  role: 'user' | 'agent';
  sessionId: string;
  /** It had seen everything up to here. */
  from: number;
  openedAt: number;
  /** When it stopped looking: it left for good, or the chat was taken from it. */
  closedAt?: number;
  /** Since when its present connection is up; undefined while it has none. */
  connectedAt?: number;
}

/** One entry as a client was shown it. */
export interface Shown {
  view: string;
  seq: number;
  /** Not for changes of control, which clients are told without it. */
  id?: string;
  content: string;
  at: number;
}

export interface FaultRecord {
  kind: string;
  target: string;
  at: number;
  healedAt: number;
  /** From healing until every send that was under way then had its answer, in ms. */
  recoveredMs: number;
}

/** Everything that was seen from outside in one run. */
export interface History {
  sends: Send[];
  /** Repeats of an acknowledged id with another content. */
  probes: { client: string; sessionId: string; clientMessageId: string; told: { ok: boolean; code: string } }[];
  answers: { client: string; event: string; at: number; ok: boolean; code: string | undefined }[];
  starts: { client: string; startId: string; sessionId: string }[];
  views: View[];
  shown: Shown[];
  /** What arrived for a session that the client never had: event and session. */
  strays: { client: string; event: string; sessionId: string; at: number }[];
  /** Chats that an agent was told it has. */
  assignments: { client: string; agentId: string; sessionId: string; epoch: number; at: number }[];
  /** Times in which an agent was signed in on a connection; without an end, up to the end of the run. */
  signIns: { client: string; from: number; to?: number }[];
  /** Times without a connection, that have ended. */
  absences: { client: string; from: number; to: number }[];
  faults: FaultRecord[];
  unexpectedExits: { service: string; how: string }[];
  /** Agents that left for good. */
  departed: { agentId: string; at: number }[];
  /** When the last fault had healed, when the clients stopped doing things, and when everything was looked at. */
  healedAt: number;
  quietAt: number;
  endedAt: number;
  /** From the last healing until the queue was the record, in ms; undefined when it never was. */
  queueMatchedMs?: number;
  /** Sessions in the order in which the queue gave them out at the end, with no fault about. */
  drained?: string[];
  /** Whose customers had no page open as that began: they stand behind those present in their level. */
  awayAsDrained?: string[];
  /** Whether agents are given waiting chats without asking. */
  autoAssign: boolean;
}

export const emptyHistory = (): History => ({
  sends: [],
  probes: [],
  answers: [],
  starts: [],
  views: [],
  shown: [],
  strays: [],
  assignments: [],
  signIns: [],
  absences: [],
  faults: [],
  unexpectedExits: [],
  departed: [],
  healedAt: 0,
  quietAt: 0,
  endedAt: 0,
  autoAssign: false,
});

export interface RecordedSession {
  id: string;
  userId: string;
  startId: string | null;
  status: SessionStatus;
  assignedAgent: string | null;
  epoch: number;
  lastSeq: number;
  unansweredSeq: number | null;
}

export interface RecordedEntry {
  sessionId: string;
  seq: number;
  id: string;
  kind: 'message' | 'event';
  content: string;
  sender: Sender;
  senderId: string | null;
  clientMessageId: string | null;
  inReplyTo: number | null;
  change: Change | null;
  /** Said by the bot before a handoff that it promises. */
  handoff: boolean;
  at: number;
}

export interface RecordedWait {
  sessionId: string;
  priority: Priority;
  requestedAt: number;
  isActive: boolean;
  hasBrief: boolean;
  reason: string;
}

/** The log as Postgres has it, and the queue as Redis has it, when everything was quiet. Entries by session and seq. */
export interface Ledger {
  sessions: RecordedSession[];
  entries: RecordedEntry[];
  agents: { id: string; status: string; capacity: number; active: number }[];
  waits: RecordedWait[];
  /** Of the sessions that were waiting when `waits` was read. */
  queue: { sessionId: string; priority: Priority; startMs: number; away?: boolean }[];
}
