import {
  type EndpointKey,
  type ErrorCode,
  type MessageEntry,
  type Refusal,
  type Session,
  type SessionApi,
  sessionApi,
} from '@baton/contracts';
import { directCaller, type FakeCaller, type FakeHandlers } from '../direct-caller.ts';
import { agentHandlers } from './agents.ts';
import { createControl } from './control.ts';
import { controlHandlers } from './control-handlers.ts';
import { createLog, logHandlers } from './log.ts';
import { addEntry, createRecords, type FakePublish, type FakeRecord, newRecord } from './records.ts';
import { sessionHandlers } from './sessions.ts';
import { type FakeBudgets, turnHandlers } from './turns.ts';

type Key = EndpointKey<SessionApi>;

export interface FakeSessionOptions {
  /** Receives everything that the service publishes. A test may lose, delay or repeat it. */
  publish?: FakePublish;
  /** The capacity of agents that register without one. */
  agentCapacity?: number;
  /** Runs before each request. It may delay the request, or refuse it. */
  before?: (endpoint: Key, request: { sessionId?: string }) => Promise<Refusal<ErrorCode> | undefined>;
  /** Runs after each request, before its reply. It may delay the reply. */
  after?: (endpoint: Key) => Promise<void>;
}

/**
 * The session service in memory, for tests of its callers: the same refusals, numbers, epochs and publications. Nothing
 * happens by itself: no session expires, no reply becomes overdue, and the bot stands in only when a test says so.
 *
 * It passes the same contract suite as the real service: see `session-contract.ts`.
 */
export function createFakeSession(options: FakeSessionOptions = {}) {
  const { publish = () => {}, agentCapacity = 5, before, after } = options;
  const records = createRecords(publish);
  const control = createControl(records);
  const log = createLog(records);
  const budgets: FakeBudgets = { requested: [], settled: [], over: () => undefined };
  const overLimit = new Set<string>();
  let seconds: number[] = [];
  const plain: FakeHandlers<SessionApi> = {
    ...sessionHandlers(records, control),
    ...logHandlers(records, log),
    ...controlHandlers(records, control, (sessionId) => overLimit.has(sessionId)),
    ...agentHandlers(records, control, { capacity: agentCapacity, handlingTimes: () => seconds }),
    ...turnHandlers(records, budgets),
  };
  const wrapped = Object.entries(plain).map(([key, handle]) => [
    key,
    async (request: never) => {
      const refusal = await before?.(key as Key, request);
      const reply = refusal ?? (await handle(request));
      await after?.(key as Key);
      return reply;
    },
  ]);
  // The keys and types are those of `plain`.
  const handlers = Object.fromEntries(wrapped) as FakeHandlers<SessionApi>;

  const record = (sessionId: string): FakeRecord => {
    const found = records.sessions.get(sessionId);
    if (found === undefined) throw new Error(`there is no session ${sessionId}`);
    return found;
  };
  return {
    handlers,
    /** Calls the handlers directly, without `before` and `after`. */
    direct: directCaller(sessionApi, plain) as FakeCaller<SessionApi>,
    agents: records.agents,
    sessions: records.sessions,
    record,
    /** Changes control as if somebody had requested it. */
    control,
    /** A new session. */
    open({
      source = null,
      ...about
    }: Partial<Pick<Session, 'id' | 'userId' | 'botContext' | 'metadata' | 'customer'>> & {
      source?: string | null;
    } = {}) {
      const one = newRecord({ userId: 'user-1', botContext: null, metadata: {}, ...about }, source);
      control.start(one);
      return one;
    },
    /** A message of the customer. */
    say(sessionId: string, content: string): MessageEntry {
      const [result] = log.append(record(sessionId), { type: 'customer' }, [{ content }]);
      if (!result?.ok) throw new Error(`refused: ${result?.code}`);
      return result.value.entry;
    },
    /** Earlier messages of customer and bot in turn, which are not published, and of which none is pending. */
    fill(sessionId: string, contents: readonly string[]): void {
      for (const [index, content] of contents.entries()) {
        const sender = index % 2 === 0 ? 'user' : 'bot';
        addEntry<MessageEntry>(record(sessionId), { kind: 'message', sender, content, metadata: {} });
      }
    },
    budgets,
    /** Sessions whose handoff is refused with TOO_MANY_WAITING. */
    overLimit,
    setHandlingTimes(times: number[]): void {
      seconds = times;
    },
    /** Begins or ends the stand-in of a waiting session. */
    standIn(sessionId: string, standsIn: boolean): void {
      const one = record(sessionId);
      const newest = one.entries.findLast(({ kind, sender }) => kind === 'message' && sender !== 'system');
      const seq = standsIn && newest?.sender === 'user' ? newest.seq : null;
      const since = seq === null ? null : new Date().toISOString();
      Object.assign(one, { standsIn, unansweredSeq: seq, unansweredSince: since, ...(!standsIn && { lease: null }) });
    },
    reset(): void {
      for (const table of [records.sessions, records.agents, records.starts, records.joins]) table.clear();
      for (const list of [budgets.requested, budgets.settled]) list.splice(0);
      overLimit.clear();
      seconds = [];
    },
  };
}
export type FakeSession = ReturnType<typeof createFakeSession>;
