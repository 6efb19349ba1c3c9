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
import type { ServerEnd } from './manual-network.ts';

export interface FakeChat {
  session: Session;
  token: string;
  log: Entry[];
  notes: Note[];
  subscribers: Map<ServerEnd, 'customer' | 'agent'>;
  rating: GivenRating | null;
}

// What arrives is what our own client has sent: its types are the contract's.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type FakeHandlers = Partial<Record<ClientEventName, (end: ServerEnd, payload: any) => Reply<unknown>>>;

export const noChat = () => refuse('NOT_FOUND', 'There is no such chat.', 'sessionId');

const uuid = (n: number) => `0190a000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** Chats, their logs and subscribers, and agents: what the events of both roles read and change. */
export function fakeChats() {
  const chats = new Map<string, FakeChat>();
  const starts = new Map<string, FakeChat>();
  const joins = new Map<string, Agent>();
  const agents = new Map<string, { agent: Agent; token: string; end: ServerEnd | undefined }>();
  let ids = 1;
  const manner = {
    /** Entries that fit into one answer. */
    mostEntries: 200,
    /** A gateway from before there were pages sends all that was missed as events. */
    pages: true,
  };
  const newId = () => uuid(ids++);
  const time = () => new Date(Date.UTC(2026, 2, 2, 9, 30, 0, ids)).toISOString();

  const show = (chat: FakeChat, entry: Entry, end: ServerEnd) => {
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
  const add = <One extends Entry>(chat: FakeChat, entry: One): One => {
    chat.log.push(entry);
    chat.session = { ...chat.session, lastSeq: entry.seq };
    for (const end of [...chat.subscribers.keys()]) show(chat, entry, end);
    return entry;
  };
  const base = (chat: FakeChat) => ({
    id: newId(),
    sessionId: chat.session.id,
    seq: chat.log.length + 1,
    timestamp: time(),
    metadata: {},
  });
  const say = (
    chat: FakeChat,
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
  const change = (chat: FakeChat, what: Pick<Change, 'to' | 'cause' | 'by'> & Partial<Change>): EventEntry => {
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
  const chatFor = (end: ServerEnd, sessionId: unknown): FakeChat | undefined => {
    const chat = chats.get(String(sessionId));
    if (chat?.subscribers.has(end)) return chat;
    return chat && agentOn(end) && chat.session.assignedAgent === agentOn(end)?.id ? chat : undefined;
  };

  const assign = (chat: FakeChat, agentId: string) => {
    const holder = agents.get(agentId);
    if (!holder) throw new Error('no such agent');
    change(chat, { to: 'agent', cause: 'agent_assigned', by: 'agent', agentId, agentName: holder.agent.name });
    tellAssigned(chat, holder.end);
  };
  const tellAssigned = (chat: FakeChat, end: ServerEnd | undefined, page = 200) => {
    if (!end?.open) return;
    const messages = chat.log.slice(-page);
    const hasMore = chat.log.length > messages.length;
    const session = { ...chat.session, messages, hasMore, brief: null, notes: chat.notes, rating: chat.rating };
    end.emit({ event: 'session:assigned', payload: { sessionId: chat.session.id, session } });
    chat.subscribers.set(end, 'agent');
  };

  const rate = (chat: FakeChat, score: number, comment?: string) => {
    chat.rating = { score, comment: comment ?? null, ratedAt: time() };
    const payload = { sessionId: chat.session.id, rating: chat.rating };
    agents.get(chat.session.assignedAgent ?? '')?.end?.emit({ event: 'session:rated', payload });
  };
  const presence = (chat: FakeChat, present: boolean) => {
    const payload = { sessionId: chat.session.id, present };
    agents.get(chat.session.assignedAgent ?? '')?.end?.emit({ event: 'customer:presence', payload });
  };
  const openChat = (of: Pick<Session, 'userId' | 'botContext' | 'metadata'>): FakeChat => {
    const id = newId();
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
    const chat: FakeChat = { session, token: `token-${id}`, log: [], notes: [], subscribers: new Map(), rating: null };
    chats.set(id, chat);
    change(chat, { to: 'bot', cause: 'started', by: 'user' });
    return chat;
  };

  const entriesOf = (end: ServerEnd, asked: { sessionId: string; afterSeq: number; limit: number }) => {
    const chat = chatFor(end, asked.sessionId);
    if (!chat) return noChat();
    const until = asked.afterSeq + Math.min(asked.limit, manner.mostEntries);
    return accept({ entries: chat.log.slice(asked.afterSeq, until), hasMore: until < chat.log.length });
  };

  return {
    agentOn,
    agents,
    assign,
    change,
    chatFor,
    chats,
    entriesOf,
    joins,
    manner,
    newId,
    openChat,
    presence,
    rate,
    say,
    show,
    starts,
    tellAssigned,
    time,
  };
}
export type FakeChats = ReturnType<typeof fakeChats>;
