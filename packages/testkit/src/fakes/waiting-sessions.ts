import { randomUUID } from 'node:crypto';
import {
  type Agent,
  accept,
  type Brief,
  type ChangeCause,
  type ControlEvent,
  type JsonObject,
  type Priority,
  refuse,
  type Session,
  type SessionStatus,
  sessionApi,
  type Wait,
  type WaitingSession,
} from '@baton/contracts';
import type { FakeHandlers } from './direct-caller.ts';

const { get, transfer, listWaiting, assign, releaseAgent, clearWaiting, handlingTimes, listAgents, listAgentSessions } =
  sessionApi.endpoints;
/** The part of the session service that the queue service requests. */
export const waitingSessionsApi = {
  name: sessionApi.name,
  description: 'A model of the session service, in memory',
  endpoints: {
    get,
    transfer,
    listWaiting,
    assign,
    releaseAgent,
    clearWaiting,
    handlingTimes,
    listAgents,
    listAgentSessions,
  },
};

interface Kept {
  session: Session;
  priority: Priority;
  reason: string;
  brief: Brief | null;
  metadata: JsonObject;
  /** The wait that an agent has ended. */
  ended?: Wait;
}

/**
 * The session service as the queue service sees it: the same refusals, one agent for one session, an event after each
 * change. Its memory stands for Postgres. `publishesEvents` and `delayMs` inject faults.
 */
export function createWaitingSessions(options: { onChange?: (event: ControlEvent) => void } = {}) {
  const kept = new Map<string, Kept>();
  const agents = new Map<string, Agent>();
  const faults: { publishesEvents: boolean; delayMs: number } = { publishesEvents: true, delayMs: 0 };
  const released: string[] = [];
  let seconds: number[] = [];

  const change = (one: Kept, to: SessionStatus, cause: ChangeCause, patch: Partial<Session> = {}) => {
    const { session } = one;
    const from = session.status;
    const at = new Date().toISOString();
    Object.assign(session, { status: to, epoch: session.epoch + 1, lastSeq: session.lastSeq + 1, ...patch });
    if (!faults.publishesEvents) return;
    options.onChange?.({
      sessionId: session.id,
      seq: session.lastSeq,
      epoch: session.epoch,
      from,
      to,
      cause,
      at,
      ...(session.assignedAgent !== null && { agentId: session.assignedAgent }),
    });
  };

  const open = (waiting: { priority?: Priority; since?: number; reason?: string; id?: string } = {}): string => {
    const now = new Date().toISOString();
    const session: Session = {
      id: waiting.id ?? randomUUID(),
      userId: 'somebody',
      status: 'bot',
      assignedAgent: null,
      agentName: null,
      botContext: null,
      metadata: {},
      epoch: 1,
      lastSeq: 1,
      waitingSince: null,
      closedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    const one = {
      session,
      priority: waiting.priority ?? 'normal',
      reason: waiting.reason ?? 'wants a human',
      brief: { summary: 'They asked for a person.' },
      metadata: {},
    } satisfies Kept;
    kept.set(session.id, one);
    const since = waiting.since === undefined ? now : new Date(waiting.since).toISOString();
    change(one, 'waiting', 'customer_requested', { waitingSince: since });
    return session.id;
  };

  const toWaiting = ({ session, priority, reason, brief, metadata }: Kept): WaitingSession => ({
    sessionId: session.id,
    epoch: session.epoch,
    priority,
    requestedAt: session.waitingSince ?? session.updatedAt,
    reason,
    brief,
    metadata,
  });
  const waitOf = (one: Kept) => {
    const { epoch: _, ...wait } = toWaiting(one);
    return { ...wait, position: null };
  };
  const thoseWaiting = () => [...kept.values()].filter(({ session }) => session.status === 'waiting');
  const assignedTo = (agentId: string) => [...kept.values()].filter(({ session }) => session.assignedAgent === agentId);
  const withActive = (agent: Agent): Agent => ({ ...agent, active: assignedTo(agent.id).length });

  const handlers: FakeHandlers<typeof waitingSessionsApi> = {
    async get({ sessionId }) {
      const one = kept.get(sessionId);
      if (!one) return refuse('NOT_FOUND', 'There is no such session.');
      return accept({ session: one.session, wait: one.session.status === 'waiting' ? waitOf(one) : null });
    },
    async transfer({ sessionId, reason, priority, brief = null, metadata = {} }) {
      const one = kept.get(sessionId);
      if (!one) return refuse('NOT_FOUND', 'There is no such session.');
      const { session } = one;
      if (session.status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended.');
      if (session.status === 'agent') return refuse('ALREADY_TAKEN', `${session.agentName} has this chat.`);
      const repeated = session.status === 'waiting';
      if (!repeated) {
        Object.assign(one, { reason, priority, brief, metadata });
        change(one, 'waiting', 'bot_transferred', { waitingSince: new Date().toISOString() });
      }
      return accept({ session, wait: waitOf(one), repeated });
    },
    async listWaiting({ afterId, limit }) {
      const waiting = thoseWaiting()
        .map(toWaiting)
        .filter(({ sessionId }) => afterId === undefined || sessionId > afterId)
        .sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1));
      return accept({ waiting: waiting.slice(0, limit), hasMore: waiting.length > limit });
    },
    async assign({ sessionId, agentId }) {
      if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs));
      const one = kept.get(sessionId);
      const agent = agents.get(agentId);
      if (!one) return refuse('NOT_FOUND', 'There is no such session.');
      const { session } = one;
      if (session.assignedAgent === agentId)
        return accept({ session, ...(one.ended && { wait: one.ended }), repeated: true });
      if (session.status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended.');
      if (session.assignedAgent !== null) return refuse('ALREADY_TAKEN', `${session.agentName} has this chat.`);
      if (session.status !== 'waiting') return refuse('NOT_WAITING', 'The chat is not waiting.');
      if (!agent) return refuse('NOT_FOUND', 'agentId: there is no such agent', 'agentId');
      if (agent.status === 'offline') return refuse('AGENT_OFFLINE', 'The agent is offline.');
      if (assignedTo(agentId).length >= agent.capacity) return refuse('AT_CAPACITY', 'The agent has no room.');
      const wait = waitOf(one);
      one.ended = wait;
      change(one, 'agent', 'agent_assigned', {
        assignedAgent: agentId,
        agentName: agent.name,
        waitingSince: null,
      });
      return accept({ session, wait, repeated: false });
    },
    async releaseAgent({ agentId }) {
      const agent = agents.get(agentId);
      if (!agent) return refuse('NOT_FOUND', 'There is no such agent.');
      released.push(agentId);
      agent.status = 'offline';
      const sessions = assignedTo(agentId);
      for (const one of sessions)
        change(one, 'waiting', 'agent_vanished', {
          assignedAgent: null,
          agentName: null,
          waitingSince: one.session.createdAt,
        });
      return accept({ released: sessions.map(({ session }) => session.id) });
    },
    async clearWaiting() {
      const waiting = thoseWaiting();
      for (const one of waiting) change(one, 'bot', 'queue_cleared', { waitingSince: null });
      return accept({ cleared: waiting.length });
    },
    async handlingTimes() {
      const onDuty = [...agents.values()].filter(({ status }) => status !== 'offline');
      const totalCapacity = onDuty.reduce((sum, { capacity }) => sum + capacity, 0);
      return accept({ seconds, agentsOnDuty: onDuty.length, totalCapacity });
    },
    async listAgents({ available, engaged, onDuty, afterId = '', limit }) {
      const rest = [...agents.values()]
        .map(withActive)
        .filter(({ id }) => id > afterId)
        .filter(({ status, active, capacity }) => !available || (status === 'available' && active < capacity))
        .filter(({ status }) => !onDuty || status !== 'offline')
        .filter(({ status, active }) => !engaged || status !== 'offline' || active > 0)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      return accept({ agents: rest.slice(0, limit), hasMore: rest.length > limit });
    },
    async listAgentSessions({ agentId }) {
      return accept({ sessions: assignedTo(agentId).map(({ session }) => session) });
    },
  };

  return {
    handlers,
    faults,
    /** Agents that `releaseAgent` was called for. */
    released,
    kept,
    agents,
    /** A session that waits. */
    open,
    agent(agentId: string): Agent {
      const agent = agents.get(agentId);
      if (!agent) throw new Error(`there is no agent ${agentId}`);
      return withActive(agent);
    },
    session(sessionId: string): Session {
      const one = kept.get(sessionId);
      if (!one) throw new Error(`there is no session ${sessionId}`);
      return one.session;
    },
    /** Ends a wait or a chat. */
    end(sessionId: string, to: 'bot' | 'closed' = 'closed'): void {
      const one = kept.get(sessionId);
      if (one)
        change(one, to, to === 'bot' ? 'customer_cancelled' : 'customer_ended', {
          waitingSince: null,
          assignedAgent: null,
        });
    },
    /** Back in the queue, with another epoch. */
    waitAgain(sessionId: string, priority: Priority): void {
      const one = kept.get(sessionId);
      if (!one) return;
      one.priority = priority;
      change(one, 'waiting', 'agent_released', { assignedAgent: null, waitingSince: one.session.createdAt });
    },
    /** An agent who is there. */
    join(patch: Partial<Agent> = {}): string {
      const id = randomUUID();
      const now = new Date().toISOString();
      agents.set(id, {
        id,
        socketId: null,
        name: `Agent ${agents.size + 1}`,
        status: 'available',
        capacity: 3,
        active: 0,
        joinedAt: now,
        lastActiveAt: now,
        ...patch,
      });
      return id;
    },
    /** The agent goes offline by itself. */
    leave(agentId: string): void {
      const agent = agents.get(agentId);
      if (agent) agent.status = 'offline';
    },
    reset(): void {
      kept.clear();
      agents.clear();
      released.splice(0);
      seconds = [];
      Object.assign(faults, { publishesEvents: true, delayMs: 0 });
    },
    handled(times: number[]): void {
      seconds = times;
    },
  };
}
export type WaitingSessions = ReturnType<typeof createWaitingSessions>;
