import { LONGEST_PAUSE_MS } from '../cluster/store-redis.ts';
import { luaBeside, type RedisConnection, scriptOf } from '../platform/connection-redis.ts';

const lua = luaBeside(import.meta.url);
const scripts = {
  seen: scriptOf(lua('report')),
  connected: scriptOf(lua('connected')),
  overdue: scriptOf(lua('overdue')),
  forget: scriptOf(lua('forget')),
};

/** Gateways report every second; an agent without a report for this long is not counted as there. */
const PRESENT_WITHIN_MS = 15_000;
/** Pairs that one script call carries. */
const CHUNK = 1_000;

interface Report {
  agentId: string;
  gatewayId: string;
}

/**
 * Which agents are there, as the gateways tell it.
 * Everything here throws Unavailable when Redis cannot be reached.
 */
export function createPresence(options: { redis: RedisConnection; prefix: string; markerKey: string }) {
  const { redis, prefix, markerKey } = options;
  const keys = ['seen', 'connected', 'gateways'].map((name) => `${prefix}presence:${name}`);

  return {
    /** Takes a gateway's report. Being gone only starts the grace; who is gone from one gateway may be on another. */
    async report(present: readonly Report[], gone: readonly Report[]): Promise<void> {
      const pairs = (reports: readonly Report[]) => reports.flatMap(({ agentId, gatewayId }) => [agentId, gatewayId]);
      for (let from = 0; from < gone.length; from += CHUNK) {
        const part = gone.slice(from, from + CHUNK);
        await redis.run(scripts.seen, keys, [part.length, ...pairs(part)]);
      }
      for (let from = 0; from < present.length; from += CHUNK) {
        await redis.run(scripts.seen, keys, [0, ...pairs(present.slice(from, from + CHUNK))]);
      }
    },

    /** Agents that have a socket now, by the last report. */
    async connected(): Promise<Map<string, number>> {
      const flat = (await redis.run(scripts.connected, keys, [PRESENT_WITHIN_MS])) as string[];
      const agents = new Map<string, number>();
      for (let index = 0; index < flat.length; index += 2) agents.set(String(flat[index]), Number(flat[index + 1]));
      return agents;
    },

    /**
     * [Q3] Of the agents on duty, those that have not been seen for the whole grace. Time in which nobody could report
     * (Redis, NATS or every queue service was gone, or Redis has lost its data) does not count against them.
     */
    async overdue(onDuty: readonly string[], graceMs: number): Promise<{ agentId: string; seen: string }[]> {
      const args = [graceMs, LONGEST_PAUSE_MS, ...onDuty];
      const flat = (await redis.run(scripts.overdue, [...keys, markerKey], args)) as string[];
      const overdue = [];
      for (let index = 0; index < flat.length; index += 2)
        overdue.push({ agentId: String(flat[index]), seen: String(flat[index + 1]) });
      return overdue;
    },

    /** Forgets an agent that was let go, unless it has been seen since. */
    async forget(agentId: string, seen: string): Promise<void> {
      await redis.run(scripts.forget, keys, [agentId, seen]);
    },
  };
}
export type Presence = ReturnType<typeof createPresence>;
