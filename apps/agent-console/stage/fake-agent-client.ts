import type {
  Agent,
  AgentChat,
  AgentClient,
  AgentState,
  Change,
  Note,
  QueuedSession,
  Session,
  TranscriptItem,
  ViewedChat,
} from '@baton/client';

type Result<T> = { ok: true; value: T };
const done = <T>(value: T): Promise<Result<T>> => Promise.resolve({ ok: true, value });

/**
 * A client without a server behind it, whose state a test or a stage sets as it likes. It does what it is told at once.
 */
export function createFakeAgentClient(
  first: AgentState,
  colleagues: readonly Agent[] = [],
  views: Map<string, ViewedChat> = new Map(),
) {
  let state = first;
  const listeners = new Set<(state: AgentState) => void>();
  let sent = 0;
  const calls: { name: string; with: unknown[] }[] = [];
  const put = (next: Partial<AgentState>): void => {
    state = { ...state, ...next };
    for (const listener of listeners) listener(state);
  };
  const change = (sessionId: string, next: Partial<AgentChat>): void => {
    const chat = state.chats.get(sessionId);
    if (chat !== undefined) put({ chats: new Map(state.chats).set(sessionId, { ...chat, ...next }) });
  };
  const add = (sessionId: string, item: TranscriptItem): void => {
    const chat = state.chats.get(sessionId);
    if (chat !== undefined) change(sessionId, { items: [...chat.items, item] });
  };
  const me = (): Agent => {
    if (state.agent === null) throw new Error('no agent is online');
    return state.agent;
  };
  const note = (name: string, ...args: unknown[]) => calls.push({ name, with: args });

  const client: AgentClient = {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async join(as) {
      note('join', as);
      put({ phase: 'on', connection: 'online', agent: fakeAgent(as?.name ?? 'Ada Lovelace') });
      return done(me());
    },
    async claim(sessionId) {
      note('claim', sessionId);
      const taken = state.waiting.sessions.find(({ id }) => sessionId === undefined || id === sessionId);
      if (taken === undefined) return { ok: false, code: 'QUEUE_EMPTY', message: 'Nobody is waiting.' };
      const { queueInfo, ...session } = taken;
      const held = { ...session, status: 'agent' as const, assignedAgent: me().id, agentName: me().name };
      const sessions = state.waiting.sessions.filter(({ id }) => id !== taken.id);
      const chat = fakeChat({ session: held, brief: queueInfo.brief });
      put({
        waiting: { sessions, total: state.waiting.total - 1, timestamp: new Date().toISOString() },
        chats: new Map(state.chats).set(held.id, chat),
        agent: { ...me(), active: me().active + 1 },
      });
      return done(held);
    },
    send(sessionId, content) {
      note('send', sessionId, content);
      const clientMessageId = `own-${++sent}`;
      add(sessionId, {
        kind: 'message',
        key: clientMessageId,
        own: true,
        sender: 'agent',
        senderName: me().name,
        content,
        timestamp: new Date().toISOString(),
        delivery: state.connection === 'online' ? 'sent' : 'sending',
        clientMessageId,
      });
      return clientMessageId;
    },
    retry: (...args) => void note('retry', ...args),
    discard: (...args) => void note('discard', ...args),
    closeChat(sessionId, ...reasons) {
      note('closeChat', sessionId, ...reasons);
      const session = { ...mustHave(sessionId).session, status: 'closed' as const };
      change(sessionId, { assignment: 'closed', session });
      return done(session);
    },
    transfer(sessionId, to, ...reasons) {
      note('transfer', sessionId, to, ...reasons);
      change(sessionId, { assignment: 'gone' });
      return done(mustHave(sessionId).session);
    },
    addNote(sessionId, content) {
      note('addNote', sessionId, content);
      const added: Note = {
        id: `note-${++sent}`,
        sessionId,
        agentId: me().id,
        agentName: me().name,
        content,
        createdAt: new Date().toISOString(),
      };
      change(sessionId, { notes: [...mustHave(sessionId).notes, added] });
      return done(added);
    },
    setStatus(status) {
      note('setStatus', status);
      put({ agent: { ...me(), status } });
      return done(me());
    },
    setTyping: (...args) => void note('setTyping', ...args),
    markSeen(sessionId, seq) {
      if (seq > mustHave(sessionId).seen) change(sessionId, { seen: seq, unread: 0 });
    },
    async view(sessionId) {
      note('view', sessionId);
      const viewed = views.get(sessionId);
      return viewed === undefined
        ? { ok: false, code: 'ALREADY_TAKEN', message: 'Grace Hopper has this chat.' }
        : done(viewed);
    },
    now: () => Date.now(),
    moreWaiting() {
      note('moreWaiting');
      return done({});
    },
    async colleagues() {
      return done(colleagues);
    },
    async loadEarlier(sessionId) {
      note('loadEarlier', sessionId);
      change(sessionId, { hasMore: false });
      return done({});
    },
    dismiss(sessionId) {
      const chats = new Map(state.chats);
      chats.delete(sessionId);
      put({ chats });
    },
    async leave() {
      put({ phase: 'off', agent: null, chats: new Map() });
    },
    close() {},
  };
  const mustHave = (sessionId: string): AgentChat => {
    const chat = state.chats.get(sessionId);
    if (chat === undefined) throw new Error(`no chat ${sessionId}`);
    return chat;
  };
  return { client, put, change, add, calls, views };
}
export type FakeAgentClient = ReturnType<typeof createFakeAgentClient>;

const hex = (text: string) => {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash.toString(16).padStart(8, '0');
};
/** The same id for the same name, each time. */
export const fakeId = (name: string): string =>
  `${hex(name)}-0000-7000-8000-${hex(`${name}x`)}${hex(name).slice(0, 4)}`;

export function fakeAgent(name: string, more: Partial<Agent> = {}): Agent {
  const at = new Date(Date.now() - 5_400_000).toISOString();
  return {
    id: fakeId(name),
    socketId: 'socket',
    name,
    status: 'available',
    capacity: 5,
    active: 0,
    joinedAt: at,
    lastActiveAt: at,
    ...more,
  };
}

export function fakeSession(name: string, more: Partial<Session> = {}): Session {
  const at = new Date(Date.now() - 900_000).toISOString();
  return {
    id: fakeId(name),
    userId: name.toLowerCase().replace(/\W+/g, '.'),
    status: 'agent',
    assignedAgent: null,
    agentName: null,
    botContext: null,
    metadata: { name },
    epoch: 3,
    lastSeq: 0,
    waitingSince: null,
    closedAt: null,
    createdAt: at,
    updatedAt: at,
    ...more,
  };
}

export function fakeWait(
  name: string,
  info: Partial<QueuedSession['queueInfo']> & { waitedSeconds?: number } = {},
  more: Partial<Session> = {},
): QueuedSession {
  const { waitedSeconds = 60, ...rest } = info;
  const requestedAt = new Date(Date.now() - waitedSeconds * 1_000).toISOString();
  const session = fakeSession(name, { status: 'waiting', waitingSince: requestedAt, ...more });
  const queueInfo = {
    sessionId: session.id,
    reason: 'wants to speak to a human',
    priority: 'normal' as const,
    position: 1,
    requestedAt,
    brief: null,
    ...rest,
  };
  return { ...session, queueInfo };
}

export function fakeChat(more: Partial<AgentChat> & { session: Session }): AgentChat {
  return {
    sessionId: more.session.id,
    assignment: 'mine',
    restored: false,
    ended: null,
    items: [],
    hasMore: false,
    brief: null,
    notes: [],
    rating: null,
    draft: null,
    typing: null,
    customerAway: false,
    unread: 0,
    seen: 0,
    seenByOther: 0,
    ...more,
  };
}

/** Writes a transcript line by line; time passes between them as told. */
export function script(session: Session, startedSecondsAgo: number) {
  const items: TranscriptItem[] = [];
  let at = Date.now() - startedSecondsAgo * 1_000;
  let seq = 0;
  const base = () => ({
    id: fakeId(`${session.id} ${seq}`),
    sessionId: session.id,
    timestamp: new Date(at).toISOString(),
    metadata: {},
  });
  const says =
    (sender: 'user' | 'bot' | 'agent', own: boolean) =>
    (
      content: string,
      more: { after?: number; by?: Pick<Agent, 'id' | 'name'>; delivery?: 'sending' | 'sent' | 'seen' } = {},
    ) => {
      const { after = 20, by, delivery } = more;
      at += after * 1_000;
      seq += 1;
      const entry = {
        ...base(),
        kind: 'message' as const,
        seq,
        content,
        sender,
        ...(by && { senderId: by.id, senderName: by.name }),
      };
      items.push({
        kind: 'message',
        key: entry.id,
        own,
        content,
        sender,
        seq,
        timestamp: entry.timestamp,
        entry,
        ...(by && { senderName: by.name }),
        ...(delivery && { delivery }),
      });
      return writer;
    };
  const writer = {
    items,
    user: says('user', false),
    bot: says('bot', false),
    agent: says('agent', true),
    event(change: Omit<Change, 'epoch' | 'by'> & Partial<Pick<Change, 'by'>>, after = 5) {
      at += after * 1_000;
      seq += 1;
      const whole: Change = { by: 'system', epoch: seq, ...change };
      const entry = {
        ...base(),
        kind: 'event' as const,
        seq,
        content: whole.cause,
        sender: 'system' as const,
        change: whole,
      };
      items.push({
        kind: 'event',
        key: entry.id,
        seq,
        content: entry.content,
        timestamp: entry.timestamp,
        change: whole,
        entry,
      });
      return writer;
    },
    get seq() {
      return seq;
    },
  };
  return writer;
}
