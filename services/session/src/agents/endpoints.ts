import { accept, refuse, type Session, type SessionApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { Announcements } from '../announcements.ts';
import type { Control } from '../control/control.ts';
import { decidePutBack } from '../control/decisions.ts';
import type { Database } from '../platform/database-postgres.ts';
import { readHeldBy } from '../sessions/store-postgres.ts';
import { createAgent, deleteAgent, readAgent, readAgents, readLeastLoaded, updateAgent } from './store-postgres.ts';

type AgentHandlers = Pick<
  Handlers<SessionApi>,
  'createAgent' | 'getAgent' | 'updateAgent' | 'removeAgent' | 'releaseAgent' | 'listAgents' | 'availableAgent'
>;

const noSuchAgent = () => refuse('NOT_FOUND', 'There is no such agent.');

export function agentHandlers(parts: {
  database: Database;
  control: Control;
  announcements: Announcements;
  /** Most sessions that an agent holds, unless it is registered with a number of its own. */
  capacity: number;
}): AgentHandlers {
  const { database, control, announcements } = parts;

  /** Marks an agent offline, with which it gets nothing more, and puts back what it holds, until that is nothing. */
  const putBackAll = async (agentId: string, why: Omit<Parameters<typeof decidePutBack>[1], 'agentId'>) => {
    const released: string[] = [];
    const putBack = async (held: Session[], options: { offline?: string }) => {
      const ids = held.map(({ id }) => id);
      const results = await control.changeAll(ids, (view) => decidePutBack(view, { agentId, ...why }), options);
      for (const [id, result] of results) if (result.kind === 'changed') released.push(id);
    };
    await putBack(await readHeldBy(database, agentId), { offline: agentId });
    // What it was given while we looked; from now on it is given nothing.
    for (let held = await readHeldBy(database, agentId); held.length > 0; held = await readHeldBy(database, agentId))
      await putBack(held, {});
    return released;
  };

  return {
    async createAgent({ name, socketId, capacity, metadata, joinId }) {
      const registered = await createAgent(database, {
        name,
        socketId: socketId ?? null,
        capacity: capacity ?? parts.capacity,
        metadata: metadata ?? {},
        joinId: joinId ?? null,
      });
      if (registered.kind === 'reused')
        return refuse('ID_REUSED', 'joinId: this id was already used for another agent', 'joinId');
      const { kind, agent } = registered;
      if (kind === 'created') announcements.agent(agent);
      return accept({ agent, repeated: kind === 'repeated' });
    },

    async getAgent({ agentId }) {
      const agent = await readAgent(database, agentId);
      return agent === undefined ? noSuchAgent() : accept({ agent });
    },

    async updateAgent({ agentId, status, socketId, capacity, metadata }) {
      const agent = await updateAgent(database, agentId, { status, socketId, capacity, metadata });
      if (agent === undefined) return noSuchAgent();
      announcements.agent(agent);
      return accept({ agent });
    },

    async releaseAgent({ agentId, reason }) {
      if ((await readAgent(database, agentId)) === undefined) return noSuchAgent();
      return accept({ released: await putBackAll(agentId, { cause: 'agent_vanished', by: 'system', reason }) });
    },

    async removeAgent({ agentId }) {
      const agent = await readAgent(database, agentId);
      if (agent === undefined) return noSuchAgent();
      const reason = `${agent.name} has gone off duty.`;
      const released: string[] = [];
      for (let left: typeof agent | undefined = agent; left !== undefined; left = await readAgent(database, agentId)) {
        released.push(...(await putBackAll(agentId, { cause: 'agent_released', by: 'system', reason })));
        if (await deleteAgent(database, agentId)) break;
      }
      announcements.agent({ ...agent, status: 'offline', active: 0 }, true);
      return accept({ released });
    },

    async listAgents(which) {
      return accept(await readAgents(database, which));
    },

    async availableAgent() {
      return accept({ agent: (await readLeastLoaded(database)) ?? null });
    },
  };
}
