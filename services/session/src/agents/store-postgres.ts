import type { Agent, AgentAssignments, AgentStatus, JsonObject } from '@baton/contracts';
import { countFitting, newId } from '@baton/runtime';
import type { Agent as AgentRow, Prisma } from '../generated/client.ts';
import type { Database } from '../platform/database-postgres.ts';
import { agentJson } from '../platform/json-postgres.ts';

const toAgent = (row: AgentRow): Agent => ({
  id: row.id,
  socketId: row.socketId,
  name: row.name,
  status: row.status,
  capacity: row.capacity,
  active: row.active,
  // Only objects of the contract are written.
  metadata: row.metadata as JsonObject,
  joinedAt: row.joinedAt.toISOString(),
  lastActiveAt: row.lastActiveAt.toISOString(),
});

export type Registered = { kind: 'created' | 'repeated'; agent: Agent } | { kind: 'reused' };

const LEAST_LOADED = `/* agent least loaded */
SELECT ${agentJson('g')} AS agent FROM agents g WHERE g.status = 'available' AND g.active < g.capacity
ORDER BY g.active::float / g.capacity, g.last_active_at, g.id LIMIT 1`;

const ASSIGNMENTS = `/* agent assignments */
SELECT jsonb_build_object('agent', ${agentJson('g')}, 'assigned', (
  SELECT coalesce(jsonb_agg(jsonb_build_object('sessionId', s.id, 'epoch', s.epoch) ORDER BY s.id), '[]')
  FROM chat_sessions s WHERE s.assigned_agent = g.id AND s.status = 'agent'
)) AS found
FROM agents g WHERE g.id = ANY ($1::text[]) ORDER BY g.id`;

export function createAgentStore(database: Database) {
  return {
    /** Registers an agent. A repeat returns the first one; another agent under the same join id is `reused`. */
    async create(fresh: {
      name: string;
      socketId: string | null;
      capacity: number;
      metadata: JsonObject;
      joinId: string | null;
    }): Promise<Registered> {
      const { agent } = database.prisma;
      const data = { id: newId(), ...fresh, metadata: fresh.metadata as Prisma.InputJsonObject };
      const [created] = await agent.createManyAndReturn({ data: [data], skipDuplicates: true });
      if (created !== undefined) return { kind: 'created', agent: toAgent(created) };
      const first = await agent.findUnique({ where: { joinId: fresh.joinId ?? '' } });
      if (first === null) throw new Error('an agent was neither created nor found: it was removed meanwhile');
      return first.name === fresh.name ? { kind: 'repeated', agent: toAgent(first) } : { kind: 'reused' };
    },

    async read(id: string): Promise<Agent | undefined> {
      const row = await database.prisma.agent.findUnique({ where: { id } });
      return row === null ? undefined : toAgent(row);
    },

    /** Undefined fields are not changed. */
    async update(
      id: string,
      fields: {
        status: AgentStatus | undefined;
        socketId: string | null | undefined;
        capacity: number | undefined;
        metadata: JsonObject | undefined;
      },
    ): Promise<Agent | undefined> {
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      const [row] = await database.prisma.agent.updateManyAndReturn({
        where: { id },
        data: { ...given, lastActiveAt: new Date() },
      });
      return row === undefined ? undefined : toAgent(row);
    },

    /** A page of agents in the order in which they joined, filtered by the given conditions. */
    async list(which: {
      available: boolean;
      onDuty: boolean;
      engaged: boolean;
      afterId?: string | undefined;
      limit: number;
    }): Promise<{ agents: Agent[]; hasMore: boolean }> {
      const { agent } = database.prisma;
      const onDuty = { status: { not: 'offline' as const } };
      const rows = await agent.findMany({
        where: {
          ...(which.afterId !== undefined && { id: { gt: which.afterId } }),
          AND: [
            which.available ? { status: 'available', active: { lt: agent.fields.capacity } } : {},
            which.onDuty ? onDuty : {},
            which.engaged ? { OR: [onDuty, { active: { gt: 0 } }] } : {},
          ],
        },
        orderBy: { id: 'asc' },
        take: which.limit + 1,
      });
      const page = rows.slice(0, which.limit).map(toAgent);
      const agents = page.slice(0, countFitting(page));
      return { agents, hasMore: agents.length < rows.length };
    },

    /** Agents with what is assigned to them, without those that do not exist. */
    async readAssignments(ids: readonly string[]): Promise<AgentAssignments[]> {
      const rows = await database.statement<{ found: AgentAssignments }>(ASSIGNMENTS, ids);
      return rows.map(({ found }) => found);
    },

    /** The agent that the next session would be assigned to: by load, then by idle time, then by id. */
    async readLeastLoaded(): Promise<Agent | undefined> {
      const [row] = await database.statement<{ agent: Agent }>(LEAST_LOADED);
      return row?.agent;
    },

    /** Deletes an agent that has no sessions. False when it has some, or does not exist. */
    async delete(id: string): Promise<boolean> {
      const { count } = await database.prisma.agent.deleteMany({ where: { id, active: 0 } });
      return count > 0;
    },
  };
}
