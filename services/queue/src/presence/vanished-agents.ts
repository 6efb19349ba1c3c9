import type { Agent, SessionApi } from '@baton/contracts';
import { type Caller, type Log, type Loop, startLoop, Unavailable } from '@baton/runtime';
import type { Heart } from '../cluster/heartbeat.ts';
import type { Pulse } from '../cluster/store-redis.ts';
import type { Hands } from './assignments-redis.ts';
import { allAgents } from './list-agents.ts';
import type { Presence } from './store-redis.ts';

const EVERY_MS = 2_000;
const LOCK_MS = 5_000;

/**
 * [Q3] Compares the agents on duty, as the record has them, with those that gateways have reported: who has not been
 * seen for the whole grace is let go, and its sessions return to the queue. One without sessions goes offline alike.
 * With the same list it puts right which sessions are in agents' hands. One instance does it at a time.
 */
export function startRoster(options: {
  presence: Presence;
  hands: Hands;
  pulse: Pulse;
  heart: Heart;
  session: Caller<SessionApi>;
  graceMs: number;
  log: Log;
  onLetGo: () => void;
}): Loop {
  const { presence, hands, pulse, heart, session, log } = options;

  const letGo = async (agentId: string, seen: string) => {
    const seconds = Math.round(options.graceMs / 1_000);
    const reply = await session.releaseAgent({
      agentId,
      reason: `The agent was not there for more than ${seconds} seconds.`,
    });
    if (!reply.ok && reply.code !== 'NOT_FOUND') throw new Unavailable(`session.releaseAgent: ${reply.code}`);
    await presence.forget(agentId, seen);
    options.onLetGo();
    log.info({ agentId, released: reply.ok ? reply.value.released.length : 0 }, 'an agent has vanished');
  };

  const loop = startLoop({
    name: 'roster',
    everyMs: Math.min(EVERY_MS, options.graceMs / 2),
    log,
    run: heart.whenBeating(async () => {
      if (!(await pulse.lead('roster', LOCK_MS))) return;
      const agents = await allAgents(session, { available: false, engaged: true });
      const onDuty = agents.filter(({ status }) => status !== 'offline').map(({ id }) => id);
      for (const { agentId, seen } of await presence.overdue(onDuty, options.graceMs)) await letGo(agentId, seen);
      await putHandsRight(hands, session, agents);
    }),
  });
  return {
    kick: loop.kick,
    async stop() {
      await loop.stop();
      await pulse.yieldLead('roster').catch(() => {});
    },
  };
}

/** Asks only for the sessions of agents whose number of them differs from the record. */
async function putHandsRight(hands: Hands, session: Caller<SessionApi>, agents: readonly Agent[]): Promise<void> {
  const held = Map.groupBy(await hands.all(), ({ agentId }) => agentId);
  for (const { id: agentId, active } of agents) {
    const noted = held.get(agentId) ?? [];
    held.delete(agentId);
    if (noted.length === active) continue;
    const reply = await session.listAgentSessions({ agentId });
    if (!reply.ok) throw new Unavailable(`session.listAgentSessions: ${reply.code}`);
    const right = new Set(reply.value.sessions.map(({ id }) => id));
    await hands.drop(noted.filter(({ sessionId }) => !right.has(sessionId)));
    await hands.take([...right].map((sessionId) => ({ sessionId, agentId })));
  }
  for (const unknownAgents of held.values()) await hands.drop(unknownAgents);
}
