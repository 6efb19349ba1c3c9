import { randomUUID } from 'node:crypto';
import { type Agent, accept, refuse, type SessionApi } from '@baton/contracts';
import type { FakeHandlers } from '../direct-caller.ts';
import type { FakeControl } from './control.ts';
import { byId, copy, now, type Records } from './records.ts';

type AgentKeys =
  | ('createAgent' | 'getAgent' | 'updateAgent' | 'removeAgent' | 'releaseAgent' | 'listAgents' | 'availableAgent')
  | ('listAgentSessions' | 'listAssignments' | 'listEndedSessions' | 'handlingTimes');

export function agentHandlers(
  { agents, joins, sessions, assignedTo }: Records,
  { publishAgent, requeueAll }: FakeControl,
  options: { capacity: number; handlingTimes: () => number[] },
): Pick<FakeHandlers<SessionApi>, AgentKeys> {
  const noAgent = () => refuse('NOT_FOUND', 'There is no such agent.');
  const hasCapacity = ({ status, active, capacity }: Agent) => status === 'available' && active < capacity;
  const all = () => [...agents.values()].sort(byId(({ id }) => id));

  return {
    async createAgent({ name, socketId = null, capacity = options.capacity, metadata = {}, joinId }) {
      const first = joinId === undefined ? undefined : joins.get(joinId);
      if (first !== undefined)
        return first.name === name
          ? accept({ agent: copy(first), repeated: true })
          : refuse('ID_REUSED', 'joinId: this id was already used for another agent', 'joinId');
      const agent: Agent = {
        ...{ id: randomUUID(), socketId, name, status: 'available', capacity, active: 0, metadata },
        ...{ joinedAt: now(), lastActiveAt: now() },
      };
      agents.set(agent.id, agent);
      if (joinId !== undefined) joins.set(joinId, agent);
      publishAgent(agent.id);
      return accept({ agent: copy(agent), repeated: false });
    },

    async getAgent({ agentId }) {
      const agent = agents.get(agentId);
      return agent === undefined ? noAgent() : accept({ agent: copy(agent) });
    },

    async updateAgent({ agentId, ...fields }) {
      const agent = agents.get(agentId);
      if (agent === undefined) return noAgent();
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      Object.assign(agent, given, { lastActiveAt: now() });
      publishAgent(agentId);
      return accept({ agent: copy(agent) });
    },

    async releaseAgent({ agentId, reason }) {
      const agent = agents.get(agentId);
      if (agent === undefined) return noAgent();
      const wasOnline = agent.status !== 'offline';
      agent.status = 'offline';
      const released = requeueAll(agentId, { cause: 'agent_vanished', by: 'system', reason });
      if (wasOnline && released.length === 0) publishAgent(agentId);
      return accept({ released });
    },

    async removeAgent({ agentId }) {
      const agent = agents.get(agentId);
      if (agent === undefined) return noAgent();
      agent.status = 'offline';
      const reason = `${agent.name} has gone offline.`;
      const released = requeueAll(agentId, { cause: 'agent_released', by: 'system', reason });
      publishAgent(agentId, true);
      agents.delete(agentId);
      for (const [joinId, joined] of joins) if (joined === agent) joins.delete(joinId);
      return accept({ released });
    },

    async listAgents({ available, onDuty, engaged, afterId = '', limit }) {
      const rest = all()
        .filter((agent) => agent.id > afterId && (!available || hasCapacity(agent)))
        .filter(({ status }) => !onDuty || status !== 'offline')
        .filter(({ status, active }) => !engaged || status !== 'offline' || active > 0);
      return accept({ agents: copy(rest.slice(0, limit)), hasMore: rest.length > limit });
    },

    async availableAgent() {
      const [least] = all()
        .filter(hasCapacity)
        .toSorted(
          (a, b) => a.active / a.capacity - b.active / b.capacity || a.lastActiveAt.localeCompare(b.lastActiveAt),
        );
      return accept({ agent: least === undefined ? null : copy(least) });
    },

    async listAgentSessions({ agentId }) {
      return accept({ sessions: assignedTo(agentId).map(({ session }) => copy(session)) });
    },

    async listAssignments({ agentIds }) {
      const found = agentIds.flatMap((agentId) => copy(agents.get(agentId)) ?? []);
      const assigned = (agentId: string) =>
        assignedTo(agentId).map(({ session: { id: sessionId, epoch } }) => ({ sessionId, epoch }));
      return accept({
        agents: found.map((agent) => ({ agent, assigned: assigned(agent.id) })),
        missing: agentIds.filter((agentId) => !agents.has(agentId)),
      });
    },

    async listEndedSessions({ agentId, limit }) {
      const ended = [...sessions.values()]
        .filter(({ session }) => session.status === 'closed' && session.assignedAgent === agentId)
        .map(({ session, rating }) => copy({ ...session, rating }))
        .reverse()
        .toSorted((a, b) => (b.closedAt ?? '').localeCompare(a.closedAt ?? ''));
      return accept({ sessions: ended.slice(0, limit) });
    },

    async handlingTimes({ limit }) {
      const online = all().filter(({ status }) => status !== 'offline');
      const totalCapacity = online.reduce((sum, { capacity }) => sum + capacity, 0);
      return accept({ seconds: options.handlingTimes().slice(0, limit), agentsOnDuty: online.length, totalCapacity });
    },
  };
}
