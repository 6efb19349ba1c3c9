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

export interface StoredSession {
  session: Session;
  entries: Entry[];
  notes: Note[];
  wait: Wait | null;
  rating: GivenRating | null;
}

const now = () => new Date().toISOString();

/**
 * Sessions, their logs and agents in memory, by the rules that the gateway relies on: one log in order, repeats give
 * the first result, every change of control raises the epoch. It stands in for the session and queue services in tests.
 */
export function createSessionModel() {
  const sessions = new Map<string, StoredSession>();
  const agents = new Map<string, Agent>();
  /** Agents by the id of their join. */
  const joins = new Map<string, Agent>();
  const starts = new Map<string, string>();

  const stored = (sessionId: string) => sessions.get(sessionId);
  const add = <E extends Entry>(found: StoredSession, entry: E): E => {
    found.entries.push(entry);
    found.session.lastSeq = entry.seq;
    found.session.updatedAt = entry.timestamp;
    return entry;
  };
  const change = (found: StoredSession, what: Omit<Change, 'from' | 'epoch'> & { from?: null }): EventEntry => {
    const { session } = found;
    const first = found.entries.length === 0;
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
    if (what.to === 'bot' || what.to === 'closed') found.wait = null;
    return add(found, {
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
    sessions,
    agents,
    joins,
    stored,
    change,
    start(userId: string, startId?: string, metadata: Record<string, unknown> = {}) {
      const known = startId === undefined ? undefined : sessions.get(starts.get(startId) ?? '');
      if (known) return { found: known, repeated: true };
      const at = now();
      const found: StoredSession = {
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
      sessions.set(found.session.id, found);
      if (startId !== undefined) starts.set(startId, found.session.id);
      change(found, { to: 'bot', cause: 'started', by: 'user' });
      return { found, repeated: false };
    },
    append(
      found: StoredSession,
      author: Author,
      message: { content: string; clientMessageId?: string | undefined; inReplyTo?: number | undefined },
    ): { entry: MessageEntry; repeated: boolean } | Refusal<'ID_REUSED'> {
      const known = found.entries.find(
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
      const entry = add<MessageEntry>(found, {
        kind: 'message',
        id: newId(),
        sessionId: found.session.id,
        seq: found.session.lastSeq + 1,
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
      [...sessions.values()].filter(({ session }) => session.status === 'agent' && session.assignedAgent === agentId),
    endedWith: (agentId: string) =>
      [...sessions.values()].filter(({ session }) => session.status === 'closed' && session.assignedAgent === agentId),
    /** In the order of the queue. */
    waiting: () => {
      const order = ['high', 'normal', 'low'];
      return [...sessions.values()]
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
