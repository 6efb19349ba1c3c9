import { randomUUID } from 'node:crypto';
import type {
  Agent,
  Channel,
  ChannelParams,
  ChannelPayload,
  Entry,
  GivenRating,
  MessageEntry,
  Note,
  Session,
  Wait,
} from '@baton/contracts';

/** As `Publish` of the runtime, on which this package does not depend. */
export type FakePublish = <C extends Channel>(channel: C, params: ChannelParams<C>, payload: ChannelPayload<C>) => void;

/** A session with everything that the fake knows about it. */
export interface FakeRecord {
  session: Session;
  source: string | null;
  entries: Entry[];
  notes: (Note & { clientNoteId: string | undefined })[];
  rating: GivenRating | null;
  /** The current wait, or the last one. */
  wait: Wait | null;
  /** The pending reply, and since when. */
  unansweredSeq: number | null;
  unansweredSince: string | null;
  answeredSeq: number;
  customerWrote: boolean;
  /** The bot answers while the session waits. Tests begin and end it. */
  standsIn: boolean;
  lease: { worker: string; until: number } | null;
  memory: string | null;
  memoryThroughSeq: number;
}

/** The tables of the fake, and what several features need of them. */
export function createRecords(publish: FakePublish) {
  const sessions = new Map<string, FakeRecord>();
  const agents = new Map<string, Agent>();
  const starts = new Map<string, FakeRecord>();
  const joins = new Map<string, Agent>();

  return {
    publish,
    sessions,
    agents,
    starts,
    joins,
    assignedTo: (agentId: string) =>
      [...sessions.values()].filter(({ session }) => session.status === 'agent' && session.assignedAgent === agentId),
  };
}
export type Records = ReturnType<typeof createRecords>;

export const now = (): string => new Date().toISOString();
export const copy = <T>(value: T): T => structuredClone(value);

export function newRecord(
  start: Pick<Session, 'userId' | 'botContext' | 'metadata' | 'customer'> & Partial<Pick<Session, 'id'>>,
  source: string | null,
): FakeRecord {
  const at = now();
  const session: Session = {
    id: randomUUID(),
    ...start,
    status: 'bot',
    assignedAgent: null,
    agentName: null,
    epoch: 0,
    lastSeq: 0,
    waitingSince: null,
    closedAt: null,
    createdAt: at,
    updatedAt: at,
  };
  return {
    session,
    source,
    entries: [],
    notes: [],
    rating: null,
    wait: null,
    unansweredSeq: null,
    unansweredSince: null,
    answeredSeq: 0,
    customerWrote: false,
    standsIn: false,
    lease: null,
    memory: null,
    memoryThroughSeq: 0,
  };
}

/** Appends an entry to the log, with the next number. */
export function addEntry<E extends Entry>(
  record: FakeRecord,
  entry: E extends Entry ? Omit<E, 'id' | 'sessionId' | 'seq' | 'timestamp'> : never,
): E {
  const { session, entries } = record;
  const at = now();
  const base = { id: randomUUID(), sessionId: session.id, seq: session.lastSeq + 1, timestamp: at };
  // The two parts have all fields of the entry.
  const added = { ...base, ...entry } as unknown as E;
  entries.push(added);
  Object.assign(session, { lastSeq: added.seq, updatedAt: at });
  return added;
}

export const isMessage = (entry: Entry): entry is MessageEntry => entry.kind === 'message';
/** Whether the bot answers the session. */
export const botAnswers = ({ session, standsIn }: FakeRecord) =>
  session.status === 'bot' || (session.status === 'waiting' && standsIn);
/** The wait that is shown: the current one or, once assigned, the one that led to the agent. */
export const shownWait = ({ session, wait }: FakeRecord): Wait | null =>
  session.status === 'waiting' || session.status === 'agent' ? wait : null;
/** Orders by id, as pages are. */
export const byId =
  <T>(idOf: (item: T) => string) =>
  (a: T, b: T) =>
    idOf(a) < idOf(b) ? -1 : 1;
