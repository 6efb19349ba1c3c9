import { luaBeside, type RedisConnection, scriptOf } from '../platform/connection-redis.ts';

const lua = luaBeside(import.meta.url);
const prelude = lua('assignments');
const scripts = {
  update: scriptOf(`${prelude}\n${lua('update')}`),
  list: scriptOf(`${prelude}\n${lua('list')}`),
};
const CHUNK = 1_000;

interface Assignment {
  sessionId: string;
  agentId: string;
}

/**
 * Which sessions are assigned to which agents. Kept in Redis because estimates need the count: a hash, and a set under
 * the specification's name `chat:active_sessions`. Events keep it fresh, and `reconcile.ts` compares
 * it with Postgres.
 * Every method throws Unavailable when Redis is unavailable.
 */
export function createAssignments(options: { redis: RedisConnection; prefix: string }) {
  const { redis } = options;
  const keys = ['queue:assignments', 'active_sessions'].map((name) => `${options.prefix}${name}`);

  return {
    async add(assignments: readonly Assignment[]): Promise<void> {
      for (let from = 0; from < assignments.length; from += CHUNK) {
        const part = assignments.slice(from, from + CHUNK).flatMap(({ sessionId, agentId }) => [sessionId, agentId]);
        await redis.run(scripts.update, keys, [0, ...part]);
      }
    },

    /** Without an agent, the session is removed from any agent. */
    async remove(assignments: readonly { sessionId: string; agentId?: string }[]): Promise<void> {
      for (let from = 0; from < assignments.length; from += CHUNK) {
        const part = assignments.slice(from, from + CHUNK);
        const pairs = part.flatMap(({ sessionId, agentId }) => [sessionId, agentId ?? '']);
        await redis.run(scripts.update, keys, [part.length, ...pairs]);
      }
    },

    async count(): Promise<number> {
      return Number(await redis.run(scripts.update, keys, [0]));
    },

    async list(): Promise<Assignment[]> {
      const flat = (await redis.run(scripts.list, keys, [])) as string[];
      const assignments = [];
      for (let index = 0; index < flat.length; index += 2)
        assignments.push({ sessionId: String(flat[index]), agentId: String(flat[index + 1]) });
      return assignments;
    },
  };
}
export type Assignments = ReturnType<typeof createAssignments>;
