import type { Agent, AgentStatus } from '@baton/contracts';
import { newId } from '@baton/runtime';
import type { Database } from '../database-postgres.ts';
import type { Agent as AgentRow } from '../generated/client.ts';

const toAgent = (row: AgentRow): Agent => ({
  id: row.id,
  socketId: row.socketId,
  name: row.name,
  status: row.status,
  capacity: row.capacity,
  active: row.active,
  joinedAt: row.joinedAt.toISOString(),
  lastActiveAt: row.lastActiveAt.toISOString(),
});

export type Registered = { kind: 'created' | 'repeated'; agent: Agent } | { kind: 'reused' };

/** Registers an agent; a repeat of the same join finds the first one, and another join with its id is told apart. */
export async function createAgent(
  database: Database,
  fresh: { name: string; socketId: string | null; capacity: number; joinId: string | null },
): Promise<Registered> {
  const { agent } = database.prisma;
  const [created] = await agent.createManyAndReturn({ data: [{ id: newId(), ...fresh }], skipDuplicates: true });
  if (created !== undefined) return { kind: 'created', agent: toAgent(created) };
  const first = await agent.findUnique({ where: { joinId: fresh.joinId ?? '' } });
  if (first === null) throw new Error('an agent was neither created nor found; it was removed in between');
  return first.name === fresh.name ? { kind: 'repeated', agent: toAgent(first) } : { kind: 'reused' };
}

export async function readAgent(database: Database, id: string): Promise<Agent | undefined> {
  const row = await database.prisma.agent.findUnique({ where: { id } });
  return row === null ? undefined : toAgent(row);
}

/** Fields that are undefined stay. */
export async function updateAgent(
  database: Database,
  id: string,
  fields: { status: AgentStatus | undefined; socketId: string | null | undefined; capacity: number | undefined },
): Promise<Agent | undefined> {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const [row] = await database.prisma.agent.updateManyAndReturn({
    where: { id },
    data: { ...given, lastActiveAt: new Date() },
  });
  return row === undefined ? undefined : toAgent(row);
}

/** A page of agents in the order in which they joined, of all or of those who fulfil what is asked. */
export async function readAgents(
  database: Database,
  which: { available: boolean; onDuty: boolean; engaged: boolean; afterId?: string | undefined; limit: number },
): Promise<{ agents: Agent[]; hasMore: boolean }> {
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
  return { agents: rows.slice(0, which.limit).map(toAgent), hasMore: rows.length > which.limit };
}

/** Deletes an agent that holds nothing. False when it holds something, or is gone already. */
export async function deleteAgent(database: Database, id: string): Promise<boolean> {
  const { count } = await database.prisma.agent.deleteMany({ where: { id, active: 0 } });
  return count > 0;
}
