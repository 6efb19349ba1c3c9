import {
  type Agent,
  type Author,
  type Change,
  type Entry,
  type EventEntry,
  type GivenRating,
  type MessageEntry,
  type Note,
  type Refusal,
  refuse,
  type Session,
  type Wait,
} from '@baton/contracts';
import { newId } from '@baton/runtime';

export interface Chat {
  session: Session;
  entries: Entry[];
  notes: Note[];
  wait: Wait | null;
  rating: GivenRating | null;
}

const now = () => new Date().toISOString();

/**
 * Sessions, their logs and agents in memory, by the rules that the gateway relies on: one log in order, repeats give the
 * first result, every change of control raises the epoch. It stands in for the session and queue services in tests.
 */
export function createChatModel() {
  const chats = new Map<string, Chat>();
  const agents = new Map<string, Agent>();
  /** Agents by the id of their join. */
  const joins = new Map<string, Agent>();
  const starts = new Map<string, string>();

  const chatOf = (sessionId: string) => chats.get(sessionId);
  const add = <E extends Entry>(chat: Chat, entry: E): E => {
    chat.entries.push(entry);
    chat.session.lastSeq = entry.seq;
    chat.session.updatedAt = entry.timestamp;
    return entry;
  };
  const change = (chat: Chat, what: Omit<Change, 'from' | 'epoch'> & { from?: null }): EventEntry => {
    const { session } = chat;
    const first = chat.entries.length === 0;
    if (!first) session.epoch += 1;
    const agent = what.agentId === undefined ? undefined : agents.get(what.agentId);
    const full: Change = { ...what, from: first ? null : session.status, epoch: session.epoch };
    session.status = what.to;
    const before = session.assignedAgent === null ? undefined : agents.get(session.assignedAgent);
    if (before) before.active -= 1;
    if (agent) agent.active += 1;
    // Of a closed chat the last agent is kept.
    if (what.to !== 'closed') {
      session.assignedAgent = agent?.id ?? null;
      session.agentName = agent?.name ?? null;
    }
    session.waitingSince = what.to === 'waiting' ? now() : null;
    if (what.to === 'closed') session.closedAt = now();
    // In an agent's hands the wait that led there is still told, for its brief.
    if (what.to === 'bot' || what.to === 'closed') chat.wait = null;
    return add(chat, {
      kind: 'event',
      id: newId(),
      sessionId: session.id,
      seq: session.lastSeq + 1,
      content: `Control: ${what.to}.`,
      sender: 'system',
      timestamp: now(),
      metadata: {},
      change: full,
    });
  };

  return {
    chats,
    agents,
    joins,
    chatOf,
    change,
    start(userId: string, startId?: string, metadata: Record<string, unknown> = {}) {
      const known = startId === undefined ? undefined : chats.get(starts.get(startId) ?? '');
      if (known) return { chat: known, repeated: true };
      const at = now();
      const chat: Chat = {
        session: {
          id: newId(),
          userId,
          status: 'bot',
          assignedAgent: null,
          agentName: null,
          botContext: null,
          metadata,
          epoch: 1,
          lastSeq: 0,
          waitingSince: null,
          closedAt: null,
          createdAt: at,
          updatedAt: at,
        },
        entries: [],
        notes: [],
        wait: null,
        rating: null,
      };
      chats.set(chat.session.id, chat);
      if (startId !== undefined) starts.set(startId, chat.session.id);
      change(chat, { to: 'bot', cause: 'started', by: 'user' });
      return { chat, repeated: false };
    },
    append(
      chat: Chat,
      author: Author,
      message: { content: string; clientMessageId?: string | undefined; inReplyTo?: number | undefined },
    ): { entry: MessageEntry; repeated: boolean } | Refusal<'ID_REUSED'> {
      const known = chat.entries.find(
        (entry): entry is MessageEntry =>
          entry.kind === 'message' &&
          message.clientMessageId !== undefined &&
          entry.clientMessageId === message.clientMessageId,
      );
      if (known) {
        return known.content === message.content
          ? { entry: known, repeated: true }
          : refuse('ID_REUSED', 'This id was already used for another message.', 'clientMessageId');
      }
      const agent = author.type === 'agent' ? agents.get(author.agentId) : undefined;
      const entry = add<MessageEntry>(chat, {
        kind: 'message',
        id: newId(),
        sessionId: chat.session.id,
        seq: chat.session.lastSeq + 1,
        content: message.content,
        sender: author.type === 'customer' ? 'user' : author.type,
        ...(agent && { senderId: agent.id, senderName: agent.name }),
        ...(message.clientMessageId !== undefined && { clientMessageId: message.clientMessageId }),
        ...(message.inReplyTo !== undefined && { inReplyTo: message.inReplyTo }),
        timestamp: now(),
        metadata: {},
      });
      return { entry, repeated: false };
    },
    join(name: string, socketId: string | null, capacity = 5): Agent {
      const agent: Agent = {
        id: newId(),
        socketId,
        name,
        status: 'available',
        capacity,
        active: 0,
        joinedAt: now(),
        lastActiveAt: now(),
      };
      agents.set(agent.id, agent);
      return agent;
    },
    heldBy: (agentId: string) =>
      [...chats.values()].filter(({ session }) => session.status === 'agent' && session.assignedAgent === agentId),
    endedWith: (agentId: string) =>
      [...chats.values()].filter(({ session }) => session.status === 'closed' && session.assignedAgent === agentId),
    /** In the order of the queue. */
    waiting: () => {
      const order = ['high', 'normal', 'low'];
      return [...chats.values()]
        .flatMap(({ wait, session }) => (wait === null || session.status !== 'waiting' ? [] : [{ wait, session }]))
        .toSorted(
          (a, b) =>
            order.indexOf(a.wait.priority) - order.indexOf(b.wait.priority) ||
            a.wait.requestedAt.localeCompare(b.wait.requestedAt) ||
            a.session.id.localeCompare(b.session.id),
        );
    },
  };
}
