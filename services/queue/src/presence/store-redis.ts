import { generationKey, LONGEST_PAUSE_MS } from '../cluster/store-redis.ts';
import { luaBeside, type RedisConnection, scriptOf } from '../platform/connection-redis.ts';

const lua = luaBeside(import.meta.url);
const scripts = {
  report: scriptOf(lua('report')),
  connected: scriptOf(lua('connected')),
  vanished: scriptOf(lua('vanished')),
  forget: scriptOf(lua('forget')),
};

/** Gateways report every second; an agent without a report for this long does not count as connected. */
const CONNECTED_WITHIN_MS = 15_000;
/** Agents that one script call carries. */
const CHUNK = 1_000;

interface Report {
  agentId: string;
  gatewayId: string;
}

/**
 * Which agents are connected, as the gateways report it.
 * Every method throws Unavailable when Redis is unavailable.
 */
export function createPresenceStore({ redis, prefix }: { redis: RedisConnection; prefix: string }) {
  const keys = ['seen', 'connected', 'gateways'].map((name) => `${prefix}presence:${name}`);

  return {
    /**
     * An agent that is gone from one gateway may be connected to another. Being gone only starts the grace period.
     * Returns how many agents are connected.
     */
    async report(present: readonly Report[], gone: readonly Report[]): Promise<number> {
      const reports = [...gone, ...present];
      let connected = 0;
      let from = 0;
      do {
        const part = reports.slice(from, from + CHUNK);
        const pairs = part.flatMap(({ agentId, gatewayId }) => [agentId, gatewayId]);
        const goneOfPart = Math.min(Math.max(0, gone.length - from), part.length);
        connected = Number(await redis.run(scripts.report, keys, [CONNECTED_WITHIN_MS, goneOfPart, ...pairs]));
        from += CHUNK;
      } while (from < reports.length);
      return connected;
    },

    /** The connected agents, each with the time of its last report. */
    async connected(): Promise<Map<string, number>> {
      const flat = (await redis.run(scripts.connected, keys, [CONNECTED_WITHIN_MS])) as string[];
      const agents = new Map<string, number>();
      for (let index = 0; index < flat.length; index += 2) agents.set(String(flat[index]), Number(flat[index + 1]));
      return agents;
    },

    /**
     * [Q3] The online agents that have not been seen for the whole grace period. Time in which no gateway could report
     * does not count: Redis, NATS or every queue service was unavailable, or Redis has lost its data.
     */
    async vanished(online: readonly string[], graceMs: number): Promise<{ agentId: string; seen: string }[]> {
      const args = [graceMs, LONGEST_PAUSE_MS, ...online];
      const flat = (await redis.run(scripts.vanished, [...keys, generationKey(prefix)], args)) as string[];
      const vanished = [];
      for (let index = 0; index < flat.length; index += 2)
        vanished.push({ agentId: String(flat[index]), seen: String(flat[index + 1]) });
      return vanished;
    },

    /** Forgets an agent that was taken offline, unless it has been seen since. */
    async forget(agentId: string, seen: string): Promise<void> {
      await redis.run(scripts.forget, keys, [agentId, seen]);
    },
  };
}
export type PresenceStore = ReturnType<typeof createPresenceStore>;
