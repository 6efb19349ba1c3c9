import {
  type Change,
  type ChangeCause,
  channels,
  type EventEntry,
  type Priority,
  type Refusal,
  refuse,
  type Sender,
  type SessionStatus,
  type WaitingSession,
} from '@baton/contracts';
import { addEntry, copy, type FakeRecord, isMessage, now, type Records } from './records.ts';

/** Who changes control, and why. */
export interface Origin {
  cause: ChangeCause;
  by: Sender;
  reason?: string | undefined;
  publicReason?: string | undefined;
}
interface NewWait {
  reason: string;
  priority: Priority;
  requestedAt?: string | undefined;
  brief?: WaitingSession['brief'] | undefined;
  metadata?: WaitingSession['metadata'];
}

/** Changes of control: one log entry each, a higher epoch, and an event. */
export function createControl(records: Records) {
  const { publish, agents, assignedTo } = records;

  const publishAgent = (agentId: string, removed = false) => {
    const agent = agents.get(agentId);
    if (agent) publish(channels.agent.changed, { agent: agentId }, { agent: copy(agent), removed });
  };

  /** One step of a change, not yet published. */
  const step = (record: FakeRecord, to: SessionStatus, origin: Origin, more: Partial<Change> = {}): EventEntry => {
    const { session } = record;
    const from = session.epoch === 0 ? null : session.status;
    session.epoch++;
    session.status = to;
    const { cause, by, reason, publicReason } = origin;
    const reasons = { ...(reason !== undefined && { reason }), ...(publicReason !== undefined && { publicReason }) };
    const change: Change = { from, to, cause, by, epoch: session.epoch, ...reasons, ...more };
    return addEntry<EventEntry>(record, { kind: 'event', sender: 'system', content: cause, metadata: {}, change });
  };

  const publishChanges = (record: FakeRecord, entries: EventEntry[]) => {
    const { session, source } = record;
    const sessionId = session.id;
    publish(channels.live.entry, { session: sessionId }, { sessionId, entries: copy(entries) });
    for (const { seq, timestamp: at, change } of entries) {
      const { from, to, cause, epoch, agentId, priority } = change;
      const waitingSince = to === 'waiting' ? session.waitingSince : null;
      publish(
        channels.event.control,
        { session: sessionId },
        {
          ...{ sessionId, seq, epoch, from, to, cause, at },
          ...(agentId !== undefined && { agentId }),
          ...(priority !== undefined && { priority }),
          ...(waitingSince !== null && { waitingSince }),
          ...(source !== null && { source }),
        },
      );
    }
  };

  const leaveAgent = (record: FakeRecord) => {
    const { session } = record;
    const agent = session.status === 'agent' ? agents.get(session.assignedAgent ?? '') : undefined;
    if (agent) agent.active--;
    return agent?.id;
  };

  /** Moves a session, and publishes it. */
  const move = (
    record: FakeRecord,
    to: SessionStatus,
    origin: Origin,
    more: { agentId?: string; wait?: NewWait } = {},
  ): void => {
    const { session } = record;
    const before = leaveAgent(record);
    const agent = more.agentId === undefined ? undefined : agents.get(more.agentId);
    const newest = record.entries.findLast((entry) => isMessage(entry) && entry.sender !== 'system');
    const unanswered = newest?.sender === 'user' ? newest.seq : record.unansweredSeq;
    const entries: EventEntry[] = [];
    // [C1] From an agent to the bot, control passes through `waiting`.
    if (to === 'bot' && session.status === 'agent')
      entries.push(step(record, 'waiting', { cause: 'agent_released', by: origin.by }, { passing: true }));
    entries.push(
      step(record, to, origin, {
        ...(agent && { agentId: agent.id, agentName: agent.name }),
        ...(more.wait && { priority: more.wait.priority }),
      }),
    );
    if (agent) agent.active++;
    if (to !== 'closed') Object.assign(session, { assignedAgent: agent?.id ?? null, agentName: agent?.name ?? null });
    session.closedAt = to === 'closed' ? now() : null;
    session.waitingSince = null;
    if (more.wait) {
      const { reason, priority, brief = null, metadata = {}, requestedAt = now() } = more.wait;
      session.waitingSince = requestedAt;
      record.wait = { sessionId: session.id, reason, priority, position: null, requestedAt, brief, metadata };
    }
    record.lease = null;
    record.standsIn = false;
    record.unansweredSeq = to === 'bot' && origin.cause !== 'customer_left' ? unanswered : null;
    record.unansweredSince = record.unansweredSeq === null ? null : now();
    publishChanges(record, entries);
    if (agent) {
      const { id: sessionId, epoch } = session;
      publish(channels.agent.assigned, { agent: agent.id }, { agentId: agent.id, sessionId, epoch });
    }
    for (const id of new Set([before, agent?.id])) if (id !== undefined) publishAgent(id);
  };

  const toQueue = (record: FakeRecord, origin: Origin, priority?: Priority) => {
    const last = record.wait;
    const reason =
      (origin.by === 'agent' ? origin.reason : last?.reason) ?? origin.reason ?? 'The chat needs another agent.';
    const wait = { reason, priority: priority ?? last?.priority ?? 'normal', requestedAt: last?.requestedAt };
    move(record, 'waiting', origin, {
      wait: { ...wait, brief: last?.brief, ...(last?.metadata && { metadata: last.metadata }) },
    });
  };

  /** [C4] Assigns to an agent that exists, is online and has capacity. */
  const assign = (
    record: FakeRecord,
    agentId: string,
    field: string,
    origin: Origin,
  ): Refusal<'NOT_FOUND' | 'AGENT_OFFLINE' | 'AT_CAPACITY'> | undefined => {
    const agent = agents.get(agentId);
    if (agent === undefined) return refuse('NOT_FOUND', `${field}: there is no such agent`, field);
    if (agent.status === 'offline') return refuse('AGENT_OFFLINE', `${agent.name} is offline.`);
    if (agent.active >= agent.capacity) return refuse('AT_CAPACITY', `${agent.name} has reached the limit.`);
    move(record, 'agent', origin, { agentId });
    return undefined;
  };
  /** Adds a new session with its first entry, and a greeting pending unless the page has greeted. */
  const start = (record: FakeRecord, greeted = false) => {
    records.sessions.set(record.session.id, record);
    const entry = step(record, 'bot', { cause: 'started', by: 'user' });
    if (!greeted) Object.assign(record, { unansweredSeq: 1, unansweredSince: now() });
    publishChanges(record, [entry]);
  };
  const requeueAll = (agentId: string, origin: Origin): string[] =>
    assignedTo(agentId).map((record) => {
      toQueue(record, origin);
      return record.session.id;
    });
  return { start, move, toQueue, assign, publishAgent, requeueAll };
}
export type FakeControl = ReturnType<typeof createControl>;
