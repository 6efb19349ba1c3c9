import { accept, refuse, type Session, type SessionApi } from '@baton/contracts';
import { countFitting, type Handlers } from '@baton/runtime';
import type { Control } from '../control/control.ts';
import { decideRequeue } from '../control/decisions.ts';
import type { Publications } from '../publications.ts';
import type { Stores } from '../stores-postgres.ts';

type AgentHandlers = Pick<
  Handlers<SessionApi>,
  | ('createAgent' | 'getAgent' | 'updateAgent' | 'removeAgent' | 'releaseAgent')
  | ('listAgents' | 'availableAgent' | 'listAssignments')
>;

const noSuchAgent = () => refuse('NOT_FOUND', 'There is no such agent.');

export function agentEndpoints(parts: {
  stores: Pick<Stores, 'agents' | 'sessions'>;
  control: Control;
  publications: Publications;
  /** The capacity of an agent that registers without one. */
  agentCapacity: number;
}): AgentHandlers {
  const { control, publications } = parts;
  const { agents, sessions } = parts.stores;

  /** Marks an agent offline, so that it is assigned nothing more, and puts all its sessions back into the queue. */
  const requeueAll = async (agentId: string, why: Omit<Parameters<typeof decideRequeue>[1], 'agentId'>) => {
    const released: string[] = [];
    const putBack = async (assigned: Session[], options: { offline?: string }) => {
      const ids = assigned.map(({ id }) => id);
      const results = await control.changeAll(ids, (view) => decideRequeue(view, { agentId, ...why }), options);
      for (const [id, result] of results) if (result.kind === 'changed') released.push(id);
    };
    await putBack(await sessions.readAssignedTo(agentId), { offline: agentId });
    // Assignments that were committed before it was marked offline; none comes after that.
    for (
      let more = await sessions.readAssignedTo(agentId);
      more.length > 0;
      more = await sessions.readAssignedTo(agentId)
    )
      await putBack(more, {});
    return released;
  };

  return {
    async createAgent({ name, socketId, capacity, metadata, joinId }) {
      const registered = await agents.create({
        name,
        socketId: socketId ?? null,
        capacity: capacity ?? parts.agentCapacity,
        metadata: metadata ?? {},
        joinId: joinId ?? null,
      });
      if (registered.kind === 'reused')
        return refuse('ID_REUSED', 'joinId: this id was already used for another agent', 'joinId');
      const { kind, agent } = registered;
      if (kind === 'created') publications.agentChanged(agent);
      return accept({ agent, repeated: kind === 'repeated' });
    },

    async getAgent({ agentId }) {
      const agent = await agents.read(agentId);
      return agent === undefined ? noSuchAgent() : accept({ agent });
    },

    async updateAgent({ agentId, status, socketId, capacity, metadata }) {
      const agent = await agents.update(agentId, { status, socketId, capacity, metadata });
      if (agent === undefined) return noSuchAgent();
      publications.agentChanged(agent);
      return accept({ agent });
    },

    async releaseAgent({ agentId, reason }) {
      if ((await agents.read(agentId)) === undefined) return noSuchAgent();
      return accept({ released: await requeueAll(agentId, { cause: 'agent_vanished', by: 'system', reason }) });
    },

    async removeAgent({ agentId }) {
      const agent = await agents.read(agentId);
      if (agent === undefined) return noSuchAgent();
      const reason = `${agent.name} has gone offline.`;
      const released: string[] = [];
      for (let left: typeof agent | undefined = agent; left !== undefined; left = await agents.read(agentId)) {
        released.push(...(await requeueAll(agentId, { cause: 'agent_released', by: 'system', reason })));
        if (await agents.delete(agentId)) break;
      }
      publications.agentChanged({ ...agent, status: 'offline', active: 0 }, true);
      return accept({ released });
    },

    async listAgents(which) {
      return accept(await agents.list(which));
    },

    async listAssignments({ agentIds }) {
      const found = await agents.readAssignments(agentIds);
      const existing = new Set(found.map(({ agent }) => agent.id));
      const missing = agentIds.filter((agentId) => !existing.has(agentId));
      return accept({ agents: found.slice(0, countFitting(found)), missing });
    },

    async availableAgent() {
      return accept({ agent: (await agents.readLeastLoaded()) ?? null });
    },
  };
}
