import { luaBeside, type RedisConnection, scriptOf } from '../platform/connection-redis.ts';

const lua = luaBeside(import.meta.url);
const active = lua('assignments');
const scripts = {
  hands: scriptOf(`${active}\n${lua('update-assignments')}`),
  held: scriptOf(`${active}\n${lua('list-assignments')}`),
};
const CHUNK = 1_000;

interface Holding {
  sessionId: string;
  agentId: string;
}

/**
 * Which sessions are in agents' hands, kept beside the line because estimates need to know how much room is left: with
 * their agents in a hash, and, under the guide's name `chat:active_sessions`, as a set. Events keep it fresh and
 * `roster.ts` makes it right.
 * Everything here throws Unavailable when Redis cannot be reached.
 */
export function createHands(options: { redis: RedisConnection; prefix: string }) {
  const { redis } = options;
  const keys = ['queue:assignments', 'active_sessions'].map((name) => `${options.prefix}${name}`);

  return {
    /** An agent holds it now. */
    async take(holding: readonly Holding[]): Promise<void> {
      for (let from = 0; from < holding.length; from += CHUNK) {
        const part = holding.slice(from, from + CHUNK).flatMap(({ sessionId, agentId }) => [sessionId, agentId]);
        await redis.run(scripts.hands, keys, [0, ...part]);
      }
    },

    /** No longer held: by the agent given, or by whoever has it. */
    async drop(holding: readonly { sessionId: string; agentId?: string }[]): Promise<void> {
      for (let from = 0; from < holding.length; from += CHUNK) {
        const part = holding.slice(from, from + CHUNK);
        const pairs = part.flatMap(({ sessionId, agentId }) => [sessionId, agentId ?? '']);
        await redis.run(scripts.hands, keys, [part.length, ...pairs]);
      }
    },

    async count(): Promise<number> {
      return Number(await redis.run(scripts.hands, keys, [0]));
    },

    async all(): Promise<Holding[]> {
      const flat = (await redis.run(scripts.held, keys, [])) as string[];
      const holding = [];
      for (let index = 0; index < flat.length; index += 2)
        holding.push({ sessionId: String(flat[index]), agentId: String(flat[index + 1]) });
      return holding;
    },
  };
}
export type Hands = ReturnType<typeof createHands>;
