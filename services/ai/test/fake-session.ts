import {
  type Author,
  accept,
  type Change,
  type ChangeCause,
  channels,
  type Entry,
  type ErrorCode,
  type EventEntry,
  type MessageEntry,
  type OverBudget,
  type ParsedRequestOf,
  refuse,
  type Session,
  type SessionStatus,
  sessionApi,
} from '@baton/contracts';
import { type Bus, type Handlers, newId } from '@baton/runtime';
import { observeHandlers } from './observed-handlers.ts';

const { append, beginTurn, endTurn, get, listUnanswered, takeModelCall, transfer } = sessionApi.endpoints;
/** The endpoints that the ai service uses. */
const subset = {
  ...sessionApi,
  endpoints: { append, beginTurn, endTurn, get, listUnanswered, takeModelCall, transfer },
} as const;

interface Kept {
  session: Session;
  source: string | undefined;
  entries: Entry[];
  unansweredSeq: number | undefined;
  unansweredSince: string;
  worker: string | undefined;
  leaseUntil: number;
  memory: string | null;
  memoryThroughSeq: number;
  brief: unknown;
  /** The session waits, and no agent is online. */
  standsIn: boolean;
}

const answers = ({ session: { status }, standsIn }: Kept) => status === 'bot' || (status === 'waiting' && standsIn);

/** A session service in memory, with the refusals of the real one, over real NATS. */
export async function fakeSessionService(bus: Bus) {
  const kept = new Map<string, Kept>();
  /** Sessions that find no room in the queue. */
  const crowded = new Set<string>();
  let silent = false;
  const taken: ParsedRequestOf<typeof takeModelCall>[] = [];
  const settled: { sessionId: string; tokens: number }[] = [];
  let overBudget: () => OverBudget | undefined = () => undefined;

  const add = (it: Kept, entry: Entry) => {
    it.entries.push(entry);
    it.session.lastSeq = entry.seq;
    const { id } = it.session;
    bus.publish(channels.live.entry, { session: id }, { sessionId: id, entries: [entry] });
  };
  const item = (it: Kept) => ({
    id: newId(),
    sessionId: it.session.id,
    seq: it.session.lastSeq + 1,
    timestamp: new Date().toISOString(),
    metadata: {},
  });
  const change = (it: Kept, to: SessionStatus, cause: ChangeCause, reason?: string): EventEntry => {
    const from = it.entries.length === 0 ? null : it.session.status;
    if (from !== null) it.session.epoch++;
    it.session.status = to;
    const what: Change = { from, to, cause, by: 'system', epoch: it.session.epoch, ...(reason && { reason }) };
    const entry: EventEntry = { ...item(it), kind: 'event', sender: 'system', content: cause, change: what };
    it.worker = undefined;
    it.standsIn = false;
    if (to !== 'bot') it.unansweredSeq = undefined;
    add(it, entry);
    const { sessionId, seq, timestamp: at } = entry;
    if (!silent)
      bus.publish(
        channels.event.control,
        { session: sessionId },
        {
          ...{ sessionId, seq, epoch: it.session.epoch, from, to, cause, at },
          ...(it.source !== undefined && { source: it.source }),
        },
      );
    return entry;
  };
  const markPending = (it: Kept, seq: number) => {
    if (it.unansweredSeq === undefined) it.unansweredSince = new Date().toISOString();
    it.unansweredSeq = seq;
  };

  type Message = { content: string; clientMessageId?: string; inReplyTo?: number; metadata?: Record<string, unknown> };
  const write = (it: Kept, author: Author, message: Message) => {
    const sender = author.type === 'customer' ? 'user' : author.type;
    const messages = it.entries.filter((entry) => entry.kind === 'message');
    const first = messages.find(
      (entry) => entry.sender === sender && entry.clientMessageId === (message.clientMessageId ?? NaN),
    );
    if (first?.content === message.content) return accept({ entry: first, repeated: true });
    if (first) return refuse('ID_REUSED', 'This id was used.');
    if (it.session.status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended.');
    const fenced = sender === 'bot' && !answers(it);
    if (fenced || ('epoch' in author && author.epoch !== it.session.epoch)) return refuse('STALE_EPOCH', 'Moved.');
    if (sender === 'bot' && messages.some(({ inReplyTo = 0 }) => inReplyTo >= (message.inReplyTo ?? Infinity)))
      return refuse('ALREADY_ANSWERED', 'This has its answer.');
    const entry: MessageEntry = { ...item(it), metadata: {}, ...message, kind: 'message', sender };
    if (sender === 'user' && answers(it)) markPending(it, entry.seq);
    if (message.inReplyTo !== undefined && (it.unansweredSeq ?? 0) <= message.inReplyTo) it.unansweredSeq = undefined;
    add(it, entry);
    const { sessionId, seq, timestamp: at } = entry;
    const { epoch } = it.session;
    if (!silent && sender === 'user' && answers(it))
      bus.publish(
        channels.bot.asked,
        { session: sessionId },
        {
          ...{ sessionId, seq, epoch, at },
          ...(it.source !== undefined && { source: it.source }),
        },
      );
    return accept({ entry, repeated: false });
  };

  const gone = () => refuse('NOT_FOUND', 'There is no such chat.');
  const handlers: Handlers<typeof subset> = {
    async get({ sessionId }) {
      const it = kept.get(sessionId);
      return it === undefined ? gone() : accept({ session: it.session, wait: null });
    },
    async beginTurn({ sessionId, worker, leaseMs, limit }) {
      const it = kept.get(sessionId);
      if (it === undefined) return gone();
      if (it.session.status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended.');
      if (it.unansweredSeq === undefined || !answers(it)) return refuse('NOTHING_OWED', 'Nothing is pending.');
      if (it.worker !== undefined && it.worker !== worker && it.leaseUntil > Date.now())
        return refuse('TURN_TAKEN', 'Another worker is on it.');
      it.worker = worker;
      it.leaseUntil = Date.now() + leaseMs;
      const { session, unansweredSeq, unansweredSince, memory, memoryThroughSeq } = it;
      return accept({
        ...{ session, unansweredSeq, unansweredSince, memory, memoryThroughSeq },
        entries: it.entries.slice(-limit),
        ...(it.source !== undefined && { source: it.source }),
      });
    },
    async endTurn({ sessionId, worker, memory, tokens }) {
      if (tokens !== undefined) settled.push({ sessionId, tokens });
      const it = kept.get(sessionId);
      if (it === undefined) return gone();
      if (it.worker === worker) it.worker = undefined;
      if (memory) {
        it.memory = memory.summary;
        it.memoryThroughSeq = memory.throughSeq;
      }
      return accept({ owed: it.unansweredSeq !== undefined });
    },
    async takeModelCall(asked) {
      taken.push(asked);
      const today = { calls: taken.length, tokens: taken.reduce((sum, { tokens }) => sum + tokens, 0) };
      const over = overBudget();
      return accept(
        over === undefined ? { granted: true, waitMs: 0, today } : { granted: false, waitMs: 0, over, today },
      );
    },
    async append({ sessionId, author, messages }) {
      const it = kept.get(sessionId);
      if (it === undefined) return gone();
      // The contract's optional fields are `undefined` here and absent in the entries.
      const plain = messages.map((message) => JSON.parse(JSON.stringify(message)) as Message);
      return accept({ results: plain.map((message) => write(it, author, message)) });
    },
    async transfer({ sessionId, cause, reason, priority, brief, epoch }) {
      const it = kept.get(sessionId);
      if (it === undefined) return gone();
      const { status } = it.session;
      if (status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended.');
      if (status === 'agent') return refuse('ALREADY_TAKEN', 'An agent has it.');
      const wait = {
        sessionId,
        reason,
        priority,
        position: null,
        requestedAt: new Date().toISOString(),
        brief: brief ?? null,
      };
      if (status === 'waiting') return accept({ session: it.session, wait, repeated: true });
      if (epoch !== undefined && epoch !== it.session.epoch) return refuse('STALE_EPOCH', 'Moved.');
      if (crowded.has(sessionId)) return refuse('TOO_MANY_WAITING', 'Others of yours wait.');
      change(it, 'waiting', cause, reason);
      it.brief = { ...brief, priority };
      return accept({ session: it.session, wait, repeated: false });
    },
    async listUnanswered({ olderThanMs }) {
      const sessions = [...kept.values()].flatMap(({ session, source, unansweredSeq, unansweredSince }) =>
        unansweredSeq !== undefined && Date.now() - Date.parse(unansweredSince) >= olderThanMs
          ? [{ sessionId: session.id, epoch: session.epoch, unansweredSeq, unansweredSince, ...(source && { source }) }]
          : [],
      );
      return accept({ sessions });
    },
  };

  const observed = observeHandlers(handlers);
  const served = await bus.serve(subset, observed.handlers);

  const of = (sessionId: string): Kept => {
    const it = kept.get(sessionId);
    if (it === undefined) throw new Error(`no session ${sessionId}`);
    return it;
  };
  return {
    stop: () => served.stop(),
    calls: observed.calls,
    fail: observed.fail,
    crowded,
    /** Calls of the model that were asked for, and what turns settled. */
    taken,
    settled,
    /** Decides for each call whether a budget refuses it. */
    budget: (decide: () => OverBudget | undefined) => {
      overBudget = decide;
    },
    /** Publishes nothing from now on, as when every message is lost. */
    loseEvents: (lose: boolean) => {
      silent = lose;
    },
    start({
      source,
      ...about
    }: Partial<Pick<Session, 'botContext' | 'metadata' | 'userId'>> & { source?: string } = {}): string {
      const id = newId();
      const now = new Date().toISOString();
      const session: Session = {
        ...{ id, userId: 'u1', status: 'bot', assignedAgent: null, agentName: null, botContext: null, metadata: {} },
        ...{ epoch: 1, lastSeq: 0, waitingSince: null, closedAt: null, createdAt: now, updatedAt: now },
        ...about,
      };
      const it: Kept = {
        ...{ session, source, entries: [], unansweredSeq: 1, unansweredSince: now, worker: undefined, leaseUntil: 0 },
        ...{ memory: null, memoryThroughSeq: 0, brief: undefined, standsIn: false },
      };
      kept.set(id, it);
      change(it, 'bot', 'started');
      return id;
    },
    say(sessionId: string, content: string): MessageEntry {
      const reply = write(of(sessionId), { type: 'customer' }, { content });
      if (!reply.ok) throw new Error(reply.code satisfies ErrorCode);
      return reply.value.entry;
    },
    move: (sessionId: string, to: SessionStatus, cause: ChangeCause) => change(of(sessionId), to, cause),
    /** No agent is online: the bot has a pending reply to what nobody has answered, and to all that comes. */
    standIn(sessionId: string) {
      const it = of(sessionId);
      it.standsIn = true;
      const newest = it.entries.findLast(({ kind }) => kind === 'message');
      if (newest?.sender === 'user') markPending(it, newest.seq);
    },
    /** An agent is online again. */
    endStandIn(sessionId: string) {
      const it = of(sessionId);
      Object.assign(it, { standsIn: false, unansweredSeq: undefined, worker: undefined });
    },
    /** A log that is there already, answered so far. */
    fill(sessionId: string, texts: readonly string[]) {
      const it = of(sessionId);
      for (const [index, content] of texts.entries())
        it.entries.push({
          ...item(it),
          seq: ++it.session.lastSeq,
          kind: 'message',
          sender: index % 2 ? 'bot' : 'user',
          content,
        });
    },
    of,
    entries: (sessionId: string) => of(sessionId).entries,
    answers: (sessionId: string): MessageEntry[] =>
      of(sessionId)
        .entries.filter((entry) => entry.kind === 'message')
        .filter((entry) => entry.sender === 'bot' && !entry.metadata.greeting),
    setSince: (sessionId: string, since: Date) => {
      of(sessionId).unansweredSince = since.toISOString();
    },
  };
}
export type FakeSession = Awaited<ReturnType<typeof fakeSessionService>>;
