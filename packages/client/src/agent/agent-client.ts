import type { Agent, AgentStatus, Refusal, Reply, Session } from '@baton/contracts';
import { createConnection, type IdentifyOutcome, notConnected } from '../connection/connection.ts';
import { kindOf, problemOf } from '../connection/refusal-kinds.ts';
import type { Incoming } from '../connection/transport.ts';
import { socketIoTransport } from '../connection/transport-socketio.ts';
import { entriesBefore } from '../log/earlier-pages.ts';
import type { Problem, Result } from '../log/types.ts';
import { defaultStorage, newId, systemClock } from '../platform/environment.ts';
import { createStore } from '../platform/snapshot-store.ts';
import { createAgentChats } from './agent-chats.ts';
import { createAgentQueue } from './queue.ts';
import { nameless, notYours, signedOut } from './refusals.ts';
import { recordOf, type SavedAgent, savedAgent } from './saved-agent.ts';
import type { AgentClient, AgentClientOptions, AgentPhase, AgentState } from './types.ts';

/** Dismissed chats that are remembered: `agent:list_ended` never returns more. */
const MOST_DISMISSED = 200;
/** Messages to chats that are in other hands. */
const KEEP_UNSENT_MS = 24 * 60 * 60 * 1_000;
/** What going online needs. With its id a repeat, after a lost answer, gives the same agent. */
type Wanted = { name: string; capacity?: number; joinId: string };

/** An agent's queue and assigned chats, kept across reloads and lost connections. */
export function createAgentClient(options: AgentClientOptions): AgentClient {
  const { clock = systemClock } = options;
  const saved = savedAgent(options.storage ?? defaultStorage(), options.storageKey ?? 'baton.client');
  let record: SavedAgent | undefined = saved.load();
  if (options.name !== undefined && record?.name !== options.name) record = undefined;
  let agent: Agent | null = null;
  let problem: Problem | null = null;
  /** Who wants to go online. */
  let wanted: Wanted | undefined;
  /** The agent has resumed on another page: this one stays off. */
  let superseded = false;
  const joining = new Set<(result: Result<Agent>) => void>();

  const phase = (): AgentPhase => {
    if (superseded) return 'off';
    if (agent !== null) return 'on';
    return record !== undefined || wanted !== undefined ? 'joining' : 'off';
  };
  const changed = () => store.changed();
  const waiting = createAgentQueue({
    clock,
    ask: (after) => connection.request('agent:list_waiting', { after }),
    changed,
  });
  const settleJoin = (result: Result<Agent>) => {
    for (const settle of joining) settle(result);
    joining.clear();
  };
  const chats = createAgentChats({
    clock,
    agentId: () => record?.agentId,
    seenBefore: (sessionId) => record?.seen[sessionId],
    outboxOf: saved.outboxOf,
    wireOf: (sessionId) => ({
      ready: () => connection.ready && agent !== null,
      send: ({ content, clientMessageId }) =>
        connection.request('agent:send_message', { sessionId, content, clientMessageId }),
      // Notifications may be lost, so nobody waits for the reply.
      typing: (active) => void connection.request('typing', { sessionId, active }),
      seen: (seq) => void connection.request('seen', { sessionId, seq }),
      again: () => connection.identifyAgain(),
    }),
    changed,
  });
  const keepSeen = (seen: Record<string, number>) => {
    if (record === undefined) return;
    record = { ...record, seen };
    saved.keep(record);
  };
  /** Unsent messages of chats that are no longer here are kept for a while, as failed: the chats may come back. */
  const tidy = (held: readonly string[] = []) => {
    const seen = chats.seen();
    for (const [id, seq] of Object.entries(record?.seen ?? {})) {
      const isHere = Object.hasOwn(seen, id);
      // Its log could not be read yet: it is about to come.
      if (!isHere && held.includes(id)) seen[id] = seq;
      else if (!isHere && saved.outboxOf(id).giveUp(notYours, clock.now(), KEEP_UNSENT_MS)) seen[id] = seq;
    }
    keepSeen(seen);
  };

  const adopt = (told: Agent, token: string) => {
    const before = record?.agentId === told.id ? record : undefined;
    if (before === undefined) chats.dropAll();
    record = recordOf(told, { token, name: wanted?.name, before });
    saved.keep(record);
    agent = told;
    wanted = undefined;
    problem = null;
    settleJoin({ ok: true, value: told });
    changed();
  };
  const forget = () => {
    record = undefined;
    agent = null;
    saved.forget();
    changed();
  };
  const refused = (why: Refusal): IdentifyOutcome => {
    problem = problemOf(why);
    changed();
    if (['passing', 'fault'].includes(kindOf(why.code))) return 'again';
    wanted = undefined;
    settleJoin(why);
    return 'stop';
  };
  const resume = async ({ agentId, token }: SavedAgent): Promise<IdentifyOutcome> => {
    chats.returning();
    const reply = await connection.request('agent:resume', { agentId, token, queueChanges: true });
    if (reply.ok) {
      adopt(reply.value.agent, reply.value.token);
      const held = reply.value.sessions.map(({ id }) => id);
      chats.returned(held);
      tidy(held);
      void findEnded();
      return 'ready';
    }
    if (reply.code !== 'NOT_FOUND') return refused(reply);
    // Signed out, by somebody else's hand or after too long a time.
    forget();
    chats.returned([]);
    return wanted === undefined ? refused(reply) : join(wanted);
  };
  /**
   * Those that ended while this page did not hear of it, or before it was loaded. Nothing goes on with them: no hurry.
   */
  const findEnded = async (): Promise<void> => {
    const reply = await connection.request('agent:list_ended', {});
    const dismissed = new Set(record?.dismissed);
    if (reply.ok) chats.ended(reply.value.sessions.filter(({ id }) => !dismissed.has(id)));
  };
  const join = async (as: Wanted): Promise<IdentifyOutcome> => {
    const reply = await connection.request('agent:join', { ...as, queueChanges: true });
    if (!reply.ok && reply.code === 'ID_REUSED') {
      // The answer to the first try was lost, and that is too long ago.
      wanted = { ...as, joinId: newId() };
      return 'again';
    }
    if (!reply.ok) return refused(reply);
    adopt(reply.value.agent, reply.value.token);
    return 'ready';
  };
  const identify = async (): Promise<IdentifyOutcome> => (record ? resume(record) : wanted ? join(wanted) : 'ready');

  const received = (incoming: Incoming) => {
    if (incoming.event === 'agent:joined') {
      const { agent: told, token } = incoming.payload;
      if (wanted !== undefined || told.id === record?.agentId) adopt(told, token);
    } else if (incoming.event === 'agent:updated') {
      if (incoming.payload.agent.id === record?.agentId) agent = incoming.payload.agent;
      changed();
    } else if (incoming.event === 'queue:update') {
      waiting.told(incoming.payload);
    } else if (incoming.event === 'queue:changes') {
      waiting.changes(incoming.payload);
    } else if (incoming.event === 'error') {
      const { event, code, message } = incoming.payload;
      if (event !== 'agent:resume' || code !== 'FORBIDDEN') return;
      superseded = true;
      problem = { code, message };
      connection.close();
      changed();
    } else {
      chats.received(incoming);
      // Where reading begins is known after a reload, too. Others may be about to come: theirs is kept.
      if (incoming.event === 'session:assigned') keepSeen({ ...record?.seen, ...chats.seen() });
    }
  };

  let wasReady = false;
  const connection = createConnection({
    transport: options.transport ?? socketIoTransport({ url: options.url, key: options.key }),
    clock,
    identify,
    received,
    changed: () => {
      if (connection.ready && !wasReady) chats.connected();
      wasReady = connection.ready;
      changed();
    },
  });
  const store = createStore(clock, (): AgentState => {
    const shown = { waiting: waiting.list, chats: chats.snapshot };
    return { connection: connection.state, phase: phase(), agent, ...shown, problem };
  });

  /** An action; when the server does not know us on this connection, we say again who we are. */
  const act: typeof connection.requestWithRetry = async (event, payload) => {
    if (agent === null || superseded) return signedOut;
    const reply = await connection.requestWithRetry(event, payload);
    if (!reply.ok && reply.code === 'UNAUTHENTICATED') connection.identifyAgain();
    return reply;
  };
  const sessionOf = (reply: Reply<{ session: Session }>): Result<Session> => {
    if (!reply.ok) return reply;
    const { session } = reply.value;
    chats.get(session.id)?.answered(session);
    return { ok: true, value: session };
  };

  if (record !== undefined) connection.open();
  return {
    get state() {
      return store.state;
    },
    subscribe: store.subscribe,
    join(as = {}) {
      const name = as.name ?? options.name;
      const capacity = as.capacity ?? options.capacity;
      if (agent !== null && !superseded && (name === undefined || name === agent.name))
        return Promise.resolve({ ok: true, value: agent });
      if (name === undefined && record === undefined) return Promise.resolve(nameless);
      return new Promise((resolve) => {
        joining.add(resolve);
        superseded = false;
        problem = null;
        if (record !== undefined && name !== undefined && name !== record.name) forget();
        if (name !== undefined && name !== wanted?.name)
          wanted = { name, ...(capacity !== undefined && { capacity }), joinId: newId() };
        changed();
        connection.identifyAgain();
      });
    },
    claim: async (sessionId) => sessionOf(await act('agent:pickup_session', sessionId ? { sessionId } : {})),
    send: (sessionId, content) => chats.get(sessionId)?.sync.write(content) ?? newId(),
    retry: (sessionId, id) => chats.get(sessionId)?.sync.retry(id),
    discard: (sessionId, id) => chats.get(sessionId)?.sync.discard(id),
    closeChat: async (sessionId, reason, publicReason) =>
      sessionOf(await act('agent:close_session', { sessionId, reason, publicReason })),
    transfer: async (sessionId, to, reason, publicReason) =>
      sessionOf(await act('agent:release_session', { sessionId, to, reason, publicReason })),
    async addNote(sessionId, content) {
      const reply = await act('agent:add_note', { sessionId, content, clientNoteId: newId() });
      if (!reply.ok) return reply;
      chats.get(sessionId)?.note(reply.value.note);
      return { ok: true, value: reply.value.note };
    },
    async setStatus(status: AgentStatus) {
      const reply = await act('agent:set_status', { status });
      if (!reply.ok) return reply;
      agent = reply.value.agent;
      changed();
      return { ok: true, value: agent };
    },
    setTyping: (sessionId, active) => chats.get(sessionId)?.sync.setTyping(active),
    markSeen(sessionId, seq) {
      chats.get(sessionId)?.sync.markSeen(seq);
      keepSeen({ ...record?.seen, ...chats.seen() });
    },
    async loadEarlier(sessionId) {
      const chat = chats.get(sessionId);
      const base = chat?.sync.conversation.log.base ?? 0;
      const reply = await entriesBefore(base, 0, (afterSeq, limit) =>
        act('agent:list_entries', { sessionId, afterSeq, limit }),
      );
      if (!reply.ok) return reply;
      chat?.earlier(reply.value);
      return { ok: true, value: {} };
    },
    async view(sessionId) {
      const reply = await act('agent:view_session', { sessionId });
      if (reply.ok) chats.viewed(reply.value.session);
      return reply;
    },
    now: connection.now,
    moreWaiting: () => (agent === null || superseded ? Promise.resolve(signedOut) : waiting.more()),
    async colleagues() {
      const reply = await act('agent:list_colleagues', {});
      return reply.ok ? { ok: true, value: reply.value.agents } : reply;
    },
    dismiss(sessionId) {
      if (chats.get(sessionId)?.assignment === 'mine') return;
      chats.drop(sessionId);
      if (record !== undefined)
        record = { ...record, dismissed: [...(record.dismissed ?? []), sessionId].slice(-MOST_DISMISSED) };
      tidy();
    },
    async leave() {
      if (agent !== null && connection.ready) await connection.request('agent:set_status', { status: 'offline' });
      chats.dropAll();
      forget();
      wanted = undefined;
      waiting.forget();
      settleJoin(notConnected);
      connection.close();
    },
    close() {
      settleJoin(notConnected);
      chats.stop();
      connection.close();
    },
  };
}
