import type { Agent, AgentAssignments, SessionApi } from '@baton/contracts';
import { batchWhileBusy, type Caller, type Log, startLoop, throttled } from '@baton/runtime';
import type { Feeds } from '../delivery/feeds.ts';
import type { OnlineAgent } from './agent-sessions.ts';
import { isVanished } from './vanished.ts';

const EVERY_MS = 4_000;
/** Agents in one request. */
const PER_REQUEST = 250;

/**
 * Compares the online agents of this gateway with Postgres and repairs the difference: the record of each, where its
 * socket is, and which sessions are assigned to it. Every notification about an agent may be lost; this makes up for it
 * within seconds. [C3]
 */
export function startAgentReconciler(options: {
  session: Pick<Caller<SessionApi>, 'listAssignments' | 'updateAgent'>;
  feeds: Pick<Feeds, 'refresh'>;
  online: ReadonlyMap<string, OnlineAgent>;
  isElsewhere: (one: OnlineAgent, agent: Agent) => boolean;
  keep: (one: OnlineAgent, agent: Agent) => void;
  /** The agent has a newer socket. */
  supersede: (one: OnlineAgent) => void;
  /** The agent's record was deleted. */
  forget: (one: OnlineAgent) => void;
  log: Log;
}) {
  const { session, feeds, online, keep, log } = options;
  const isOnline = (one: OnlineAgent) => online.get(one.agent.id) === one;

  const repair = async (one: OnlineAgent, before: readonly string[], { agent, assigned }: AgentAssignments) => {
    if (options.isElsewhere(one, agent)) return options.supersede(one);
    keep(one, agent);
    if (isVanished(agent)) {
      // Marked offline while its socket was open, as when its presence could not be reported for long.
      log.warn({ agentId: agent.id }, 'an agent with an open socket was marked as vanished; it is available again');
      const updated = await session.updateAgent({ agentId: agent.id, status: 'available' });
      if (updated.ok && isOnline(one)) keep(one, updated.value.agent);
      if (!isOnline(one)) return;
    }
    const now = new Set(assigned.map(({ sessionId }) => sessionId));
    // The log of a session tells the agent where it went.
    for (const sessionId of before) if (!now.has(sessionId)) feeds.refresh(sessionId);
    await Promise.all(assigned.map(({ sessionId, epoch }) => one.sessions.deliver(sessionId, epoch)));
  };

  const repaired = (one: OnlineAgent, before: readonly string[], found: AgentAssignments) =>
    repair(one, before, found).catch((error: unknown) => {
      const { id: agentId } = found.agent;
      throttled(log).error(agentId, { err: error, agentId }, 'an agent could not be reconciled');
    });

  /** Agents that come at the same time, as after the restart of a gateway, share requests. */
  const comparison = batchWhileBusy<OnlineAgent, void>({
    maxBatch: PER_REQUEST,
    wholeTurns: true,
    concurrency: 4,
    async run(batch) {
      const pending = new Map(batch.map((one) => [one.agent.id, { one, before: one.sessions.ids() }]));
      while (pending.size > 0) {
        const reply = await session.listAssignments({ agentIds: [...pending.keys()] });
        if (!reply.ok) {
          throttled(log).warn(reply.code, { code: reply.code }, 'agents cannot be compared now');
          break;
        }
        const { agents, missing } = reply.value;
        const repairs: Promise<void>[] = [];
        for (const found of agents) {
          const compared = pending.get(found.agent.id);
          if (compared && isOnline(compared.one)) repairs.push(repaired(compared.one, compared.before, found));
          pending.delete(found.agent.id);
        }
        for (const agentId of missing) {
          const compared = pending.get(agentId);
          if (compared && isOnline(compared.one)) options.forget(compared.one);
          pending.delete(agentId);
        }
        if (agents.length + missing.length === 0) break;
        await Promise.all(repairs);
      }
      return batch.map(() => undefined);
    },
  });

  const loop = startLoop({
    name: 'reconciliation of agents',
    everyMs: EVERY_MS,
    log,
    async run() {
      const agents = [...online.values()];
      for (const { sessions } of agents) sessions.reconcileCustomers();
      await Promise.all(agents.map(comparison.add));
    },
  });

  return {
    /** Compares one agent as soon as possible. */
    reconcile: comparison.add,
    /** Compares all, as after a time without NATS. */
    reconcileAll: loop.kick,
    stop: loop.stop,
  };
}
