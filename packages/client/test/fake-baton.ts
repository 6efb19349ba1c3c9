import {
  type Agent,
  accept,
  type Change,
  type ClientEventName,
  type Entry,
  type EventEntry,
  type GivenRating,
  type MessageEntry,
  type Note,
  type Reply,
  refuse,
  type Session,
} from '@baton/contracts';
import type { FakeServer, ServerEnd } from './manual-network.ts';

interface Chat {
  session: Session;
  token: string;
  log: Entry[];
  notes: Note[];
  subscribers: Map<ServerEnd, 'customer' | 'agent'>;
  rating: GivenRating | null;
}

const uuid = (n: number) => `0190a000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** What clients may rely on of a gateway and what is behind it, in memory: log, repeats, tokens, subscribers and agents. */
export function fakeBaton() {
  const chats = new Map<string, Chat>();
  const starts = new Map<string, Chat>();
  const joins = new Map<string, Agent>();
  const agents = new Map<string, { agent: Agent; token: string; end: ServerEnd | undefined }>();
  const asked: ClientEventName[] = [];
  /** Refusals to give next, by event. */
  const moods = new Map<ClientEventName, Reply<never>[]>();
  let ids = 1;
  /** What happens between an answer and its leaving, by event. */
  const meanwhile = new Map<ClientEventName, (() => void)[]>();
  let mostEntries = 200;
  /** A gateway from before there were pages sends all that was missed as events. */
  let pages = true;
  const time = () => new Date(Date.UTC(2026, 2, 2, 9, 30, 0, ids)).toISOString();

  const show = (chat: Chat, entry: Entry, end: ServerEnd) => {
    if (entry.kind === 'message') return end.emit({ event: 'message:received', payload: entry });
    const { sessionId, seq, change, timestamp } = entry;
    const { agentId, agentName } = change;
    end.emit({
      event: 'status:changed',
      payload: {
        sessionId,
        seq,
        status: change.to,
        ...(agentId !== undefined && { agentId }),
        ...(agentName !== undefined && { agentName }),
        change,
        message: entry.content,
        timestamp,
      },
    });
    if (chat.subscribers.get(end) === 'agent' && change.agentId !== agentOn(end)?.id && change.to !== 'closed') {
      chat.subscribers.delete(end);
      end.emit({ event: 'session:unassigned', payload: { sessionId, change } });
    }
  };
  const add = <One extends Entry>(chat: Chat, entry: One): One => {
    chat.log.push(entry);
    chat.session = { ...chat.session, lastSeq: entry.seq };
    for (const end of [...chat.subscribers.keys()]) show(chat, entry, end);
    return entry;
  };
  const base = (chat: Chat) => ({
    id: uuid(ids++),
    sessionId: chat.session.id,
    seq: chat.log.length + 1,
    timestamp: time(),
    metadata: {},
  });
  const say = (
    chat: Chat,
    what: Pick<MessageEntry, 'sender' | 'content'> & Partial<MessageEntry>,
  ): Reply<{ message: MessageEntry; repeated: boolean }> => {
    const { clientMessageId: id, sender } = what;
    const before = chat.log.find(
      (one) => one.kind === 'message' && one.clientMessageId === id && one.sender === sender,
    );
    if (id !== undefined && before?.kind === 'message') return accept({ message: before, repeated: true });
    if (chat.session.status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended.');
    return accept({ message: add(chat, { kind: 'message', ...base(chat), ...what }), repeated: false });
  };
  const change = (chat: Chat, what: Pick<Change, 'to' | 'cause' | 'by'> & Partial<Change>): EventEntry => {
    const first = chat.log.length === 0;
    const epoch = first ? 1 : chat.session.epoch + 1;
    const from = first ? null : chat.session.status;
    const { agentId = null, agentName = null } = what;
    const closed = what.to === 'closed';
    chat.session = {
      ...chat.session,
      status: what.to,
      epoch,
      assignedAgent: closed ? chat.session.assignedAgent : agentId,
      agentName: closed ? chat.session.agentName : agentName,
      closedAt: closed ? time() : null,
    };
    return add(chat, {
      kind: 'event',
      ...base(chat),
      content: what.cause,
      sender: what.by,
      change: { ...what, from, epoch },
    });
  };
  const agentOn = (end: ServerEnd) => [...agents.values()].find((one) => one.end === end)?.agent;
  const chatFor = (end: ServerEnd, sessionId: unknown): Chat | undefined => {
    const chat = chats.get(String(sessionId));
    if (chat?.subscribers.has(end)) return chat;
    return chat && agentOn(end) && chat.session.assignedAgent === agentOn(end)?.id ? chat : undefined;
  };
  const noChat = () => refuse('NOT_FOUND', 'There is no such chat.', 'sessionId');

  const assign = (chat: Chat, agentId: string) => {
    const holder = agents.get(agentId);
    if (!holder) throw new Error('no such agent');
    change(chat, { to: 'agent', cause: 'agent_assigned', by: 'agent', agentId, agentName: holder.agent.name });
    tellAssigned(chat, holder.end);
  };
  const tellAssigned = (chat: Chat, end: ServerEnd | undefined, page = 200) => {
    if (!end?.open) return;
    const messages = chat.log.slice(-page);
    const hasMore = chat.log.length > messages.length;
    const session = { ...chat.session, messages, hasMore, brief: null, notes: chat.notes, rating: chat.rating };
    end.emit({ event: 'session:assigned', payload: { sessionId: chat.session.id, session } });
    chat.subscribers.set(end, 'agent');
  };

  const rate = (chat: Chat, score: number, comment?: string) => {
    chat.rating = { score, comment: comment ?? null, ratedAt: time() };
    const payload = { sessionId: chat.session.id, rating: chat.rating };
    agents.get(chat.session.assignedAgent ?? '')?.end?.emit({ event: 'session:rated', payload });
  };
  const presence = (chat: Chat, present: boolean) => {
    const payload = { sessionId: chat.session.id, present };
    agents.get(chat.session.assignedAgent ?? '')?.end?.emit({ event: 'customer:presence', payload });
  };
  const openChat = (of: Pick<Session, 'userId' | 'botContext' | 'metadata'>): Chat => {
    const id = uuid(ids++);
    const session: Session = {
      ...of,
      id,
      status: 'bot',
      assignedAgent: null,
      agentName: null,
      epoch: 1,
      lastSeq: 0,
      waitingSince: null,
      closedAt: null,
      createdAt: time(),
      updatedAt: time(),
    };
    const chat: Chat = { session, token: `token-${id}`, log: [], notes: [], subscribers: new Map(), rating: null };
    chats.set(id, chat);
    change(chat, { to: 'bot', cause: 'started', by: 'user' });
    return chat;
  };

  const entriesOf = (end: ServerEnd, asked: { sessionId: string; afterSeq: number; limit: number }) => {
    const chat = chatFor(end, asked.sessionId);
    if (!chat) return noChat();
    const until = asked.afterSeq + Math.min(asked.limit, mostEntries);
    return accept({ entries: chat.log.slice(asked.afterSeq, until), hasMore: until < chat.log.length });
  };

  // What arrives is what our own client has sent: its types are the contract's.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const handlers: Partial<Record<ClientEventName, (end: ServerEnd, payload: any) => Reply<unknown>>> = {
    'customer:start_chat'(end, { userId, botContext = null, metadata = {}, startId }) {
      const known = starts.get(startId);
      if (known && JSON.stringify(known.session.metadata) !== JSON.stringify(metadata))
        return refuse('ID_REUSED', 'startId: this id was already used for another chat');
      const chat = known ?? openChat({ userId, botContext, metadata });
      starts.set(startId, chat);
      const { session, token } = chat;
      chat.subscribers.set(end, 'customer');
      end.emit({
        event: 'session:created',
        payload: { sessionId: session.id, status: session.status, session, token },
      });
      for (const entry of chat.log.slice(1)) show(chat, entry, end);
      return accept({ session, token });
    },
    'customer:resume_chat'(end, { sessionId, token, lastSeq, newest }) {
      const chat = chats.get(sessionId);
      if (chat === undefined || chat.token !== token) return noChat();
      chat.subscribers.set(end, 'customer');
      if (pages && newest !== undefined)
        return accept({ session: chat.session, token, entries: chat.log.slice(lastSeq).slice(-newest) });
      for (const entry of chat.log.slice(lastSeq)) show(chat, entry, end);
      return accept({ session: chat.session, token });
    },
    'customer:send_message'(end, { sessionId, content, clientMessageId }) {
      const chat = chatFor(end, sessionId);
      return chat ? say(chat, { sender: 'user', content, clientMessageId }) : noChat();
    },
    'customer:request_agent'(end, { sessionId }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      if (chat.session.status === 'bot') change(chat, { to: 'waiting', cause: 'customer_requested', by: 'user' });
      return accept({ session: chat.session });
    },
    'customer:cancel_request'(end, { sessionId }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      if (chat.session.status !== 'waiting') return refuse('NOT_WAITING', 'The chat does not wait.');
      change(chat, { to: 'bot', cause: 'customer_cancelled', by: 'user' });
      return accept({ session: chat.session });
    },
    'customer:list_entries': (end, asked) => entriesOf(end, asked),
    'customer:end_chat'(end, { sessionId }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      if (chat.session.status !== 'closed') change(chat, { to: 'closed', cause: 'customer_ended', by: 'user' });
      return accept({ session: chat.session });
    },
    'customer:rate_chat'(end, { sessionId, rating, comment }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      rate(chat, rating, comment);
      return accept({});
    },
    typing: (end, { sessionId }) => (chatFor(end, sessionId) ? accept({}) : noChat()),
    seen: (end, { sessionId }) => (chatFor(end, sessionId) ? accept({}) : noChat()),
    'agent:join'(end, { name, joinId }) {
      const id = uuid(ids++);
      const present = agentOn(end) ?? joins.get(joinId ?? '');
      const agent: Agent = present ?? {
        id,
        socketId: 'x',
        name,
        status: 'available',
        capacity: 5,
        active: 0,
        joinedAt: time(),
        lastActiveAt: time(),
      };
      const token = `token-${agent.id}`;
      if (joinId !== undefined) joins.set(joinId, agent);
      agents.set(agent.id, { agent, token, end });
      end.emit({ event: 'agent:joined', payload: { agentId: agent.id, agent, token } });
      return accept({ agentId: agent.id, agent, token });
    },
    'agent:resume'(end, { agentId, token }) {
      const known = agents.get(agentId);
      if (known === undefined || known.token !== token)
        return refuse('NOT_FOUND', 'There is no such agent; join again.');
      if (known.end && known.end !== end) supersede(known.end);
      known.end = end;
      end.emit({ event: 'agent:joined', payload: { agentId, agent: known.agent, token } });
      const held = [...chats.values()].filter(
        ({ session }) => session.assignedAgent === agentId && session.status === 'agent',
      );
      for (const chat of held) tellAssigned(chat, end);
      return accept({ agentId, agent: known.agent, token, sessions: held.map(({ session }) => session) });
    },
    'agent:pickup_session'(end, { sessionId }) {
      const agent = agentOn(end);
      if (!agent) return refuse('UNAUTHENTICATED', 'Send agent:join first.');
      const chat = [...chats.values()].find(
        ({ session }) => session.status === 'waiting' && (sessionId === undefined || session.id === sessionId),
      );
      if (!chat) return refuse('QUEUE_EMPTY', 'Nobody is waiting.');
      assign(chat, agent.id);
      return accept({ session: chat.session });
    },
    'agent:send_message'(end, { sessionId, content, clientMessageId }) {
      const agent = agentOn(end);
      if (!agent) return refuse('UNAUTHENTICATED', 'Send agent:join first.');
      const chat = chats.get(sessionId);
      if (!chat) return noChat();
      if (chat.session.status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended.');
      if (chat.session.assignedAgent !== agent.id) return refuse('NOT_ASSIGNED', 'This chat is not assigned to you.');
      return say(chat, { sender: 'agent', senderId: agent.id, senderName: agent.name, content, clientMessageId });
    },
    'agent:close_session'(end, { sessionId, reason, publicReason }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      change(chat, { to: 'closed', cause: 'agent_closed', by: 'agent', reason, publicReason });
      return accept({ session: chat.session });
    },
    'agent:release_session'(end, { sessionId, to, reason, publicReason }) {
      const chat = chatFor(end, sessionId);
      if (!chat) return noChat();
      if (to.type === 'agent') {
        const other = agents.get(to.agentId);
        change(chat, {
          to: 'agent',
          cause: 'agent_transferred',
          by: 'agent',
          reason,
          publicReason,
          agentId: to.agentId,
          agentName: other?.agent.name ?? '',
        });
        tellAssigned(chat, other?.end);
      } else change(chat, { to: 'waiting', cause: 'agent_released', by: 'agent' });
      return accept({ session: chat.session });
    },
    'agent:add_note'(end, { sessionId, content }) {
      const agent = agentOn(end);
      const chat = chatFor(end, sessionId);
      if (!chat || !agent) return noChat();
      const note = { id: uuid(ids++), sessionId, agentId: agent.id, agentName: agent.name, content, createdAt: time() };
      chat.notes.push(note);
      end.emit({ event: 'note:added', payload: note });
      return accept({ note });
    },
    'agent:set_status'(end, { status }) {
      const agent = agentOn(end);
      const known = agent && agents.get(agent.id);
      if (!known) return refuse('UNAUTHENTICATED', 'Send agent:join first.');
      known.agent = { ...known.agent, status };
      return accept({ agent: known.agent });
    },
    'agent:view_session'(end, { sessionId }) {
      const agent = agentOn(end);
      const chat = chats.get(sessionId);
      if (!agent || !chat) return noChat();
      const { session, log, notes, rating } = chat;
      if (session.status !== 'waiting' && session.assignedAgent !== agent.id) return noChat();
      return accept({
        session: { ...session, messages: log.slice(-100), hasMore: log.length > 100, brief: null, notes, rating },
        wait: null,
      });
    },
    'agent:list_ended'(end) {
      const agent = agentOn(end);
      const ended = [...chats.values()].filter(({ session }) => session.status === 'closed');
      return accept({
        sessions: ended.flatMap(({ session, rating }) =>
          session.assignedAgent === agent?.id ? [{ ...session, rating }] : [],
        ),
      });
    },
    'agent:list_entries': (end, asked) => entriesOf(end, asked),
  };
  const supersede = (end: ServerEnd) => {
    const message = 'You’re signed in in another window; this connection is closed.';
    end.emit({ event: 'error', payload: { event: 'agent:resume', code: 'FORBIDDEN', message } });
  };

  const server: FakeServer = {
    connected: () => {},
    answer(end, event, payload) {
      asked.push(event);
      const mood = moods.get(event)?.shift();
      if (mood) return mood;
      const reply = handlers[event]?.(end, payload) ?? refuse('INTERNAL', `the fake does not know ${event}`);
      meanwhile.get(event)?.shift()?.();
      return reply;
    },
    gone(end) {
      for (const chat of chats.values()) chat.subscribers.delete(end);
      for (const one of agents.values()) if (one.end === end) one.end = undefined;
    },
  };
  return {
    server,
    /** Events that were asked for, in order. */
    asked,
    chats,
    agents,
    say,
    change,
    assign,
    tellAssigned,
    rate,
    presence,
    openChat,
    /** Entries that fit into one answer from now on. */
    mostInAnAnswer(entries: number): void {
      mostEntries = entries;
    },
    /** The next time this is answered, something else happens before the answer leaves. */
    answerLate(event: ClientEventName, happens: () => void) {
      meanwhile.set(event, [...(meanwhile.get(event) ?? []), happens]);
    },
    /** From now on it is a gateway of an older version. */
    withoutPages(): void {
      pages = false;
    },
    /** The next times this is asked for, it is refused so. */
    refuseNext(event: ClientEventName, ...replies: Reply<never>[]) {
      moods.set(event, [...(moods.get(event) ?? []), ...replies]);
    },
    only(): Chat {
      const [chat] = chats.values();
      if (chats.size !== 1 || chat === undefined) throw new Error(`there are ${chats.size} chats`);
      return chat;
    },
  };
}
