import { type Agent, channels, refuse, type SessionApi } from '@baton/contracts';
import type { Bus, Caller, Log, Metrics } from '@baton/runtime';
import type { Connection } from '../connections/connection.ts';
import type { Feeds } from '../delivery/feeds.ts';
import { inBackground } from '../platform/background.ts';
import { createAgentSessions, type OnlineAgent } from './agent-sessions.ts';
import { createLookForCustomer } from './customer-connection.ts';
import { startAgentReconciler } from './reconcile.ts';

/** The agents whose sockets are on this gateway, one socket each. */
export function startOnlineAgents(options: {
  session: Pick<Caller<SessionApi>, 'getWithEntries' | 'listAssignments' | 'updateAgent'>;
  feeds: Feeds;
  bus: Pick<Bus, 'subscribeAll' | 'ask' | 'answersWithin'>;
  log: Log;
  metrics: Metrics;
}) {
  const { session, feeds, log } = options;
  const lookForCustomer = createLookForCustomer(options);
  const online = new Map<string, OnlineAgent>();
  options.metrics.gauge('baton_agents_here', 'Agents with their socket on this gateway', () => online.size);

  const isOnline = (one: OnlineAgent) => online.get(one.agent.id) === one;
  const isElsewhere = (one: OnlineAgent, agent: Agent) =>
    agent.socketId !== null && agent.socketId !== one.connection.id;

  /** Keeps the record, and tells the agent when it has changed. */
  const keep = (one: OnlineAgent, agent: Agent) => {
    if (differ(one.agent, agent)) one.connection.emit('agent:updated', { agent });
    one.agent = agent;
  };
  /** The agent leaves this gateway. Its sessions stay assigned to it until the grace period is over. [Q3] */
  const remove = (one: OnlineAgent) => {
    if (isOnline(one)) online.delete(one.agent.id);
    one.unsubscribe();
    one.sessions.dropAll();
    one.connection.leaveAgentsRoom();
  };
  const supersede = (one: OnlineAgent) => {
    remove(one);
    log.info({ agentId: one.agent.id, socketId: one.connection.id }, 'an agent came back on another connection');
    const { ok: _, ...refusal } = refuse('FORBIDDEN', 'You’re signed in in another window; this connection is closed.');
    one.connection.emit('error', { event: 'agent:resume', ...refusal });
    one.connection.disconnect();
  };
  /** The agent's record was deleted. */
  const forget = (one: OnlineAgent) => {
    remove(one);
    one.connection.identity = { role: 'agent', agent: Promise.resolve(undefined) };
    one.connection.emit('agent:updated', { agent: { ...one.agent, status: 'offline' } });
  };
  const reconciler = startAgentReconciler({ ...options, online, isElsewhere, keep, supersede, forget });
  const inBackgroundReconcile = (one: OnlineAgent) =>
    inBackground(log, 'reconcile an agent', reconciler.reconcile(one));

  /** The agent's record, from a notification or an update. */
  const update = (agent: Agent): void => {
    const one = online.get(agent.id);
    if (one === undefined) return;
    // Notifications overtake each other, so one that names another socket may be old: the record decides.
    if (isElsewhere(one, agent)) inBackgroundReconcile(one);
    else keep(one, agent);
  };
  const deliver = async (agentId: string, sessionId: string, epoch: number): Promise<void> =>
    online.get(agentId)?.sessions.deliver(sessionId, epoch);

  return {
    get size() {
      return online.size;
    },
    /** The agents whose client has given a sign of life within so many milliseconds. */
    aliveWithin: (quietMs: number): string[] =>
      [...online].flatMap(([agentId, { connection }]) => (connection.quietMs() <= quietMs ? [agentId] : [])),
    /**
     * The agent's socket is on this gateway from now on; an older socket of the same agent is told and closed. Resolves
     * when notifications of its assignments reach this gateway.
     */
    async arrive(connection: Connection, agent: Agent, follow: { queueChanges: boolean }): Promise<void> {
      const older = online.get(agent.id);
      if (older?.connection === connection) {
        older.sessions.forgetDelivered();
        inBackgroundReconcile(older);
        return;
      }
      if (older) supersede(older);
      const notifications = options.bus.subscribeAll(
        channels.agent,
        { agent: agent.id },
        {
          assigned: ({ sessionId, epoch }) =>
            inBackground(log, 'deliver an assignment', deliver(agent.id, sessionId, epoch)),
          changed(changed) {
            const one = online.get(agent.id);
            if (!changed.removed) update(changed.agent);
            else if (one !== undefined) forget(one);
          },
          rated: ({ sessionId, rating }) => connection.emit('session:rated', { sessionId, rating }),
        },
      );
      const sessions = createAgentSessions({ agentId: agent.id, connection, session, feeds, lookForCustomer, log });
      const one = { agent, connection, sessions, unsubscribe: () => void notifications.leave() };
      online.set(agent.id, one);
      connection.joinAgentsRoom(follow);
      await notifications.ready();
      // Notifications of earlier assignments did not reach this gateway.
      inBackgroundReconcile(one);
    },
    /** The agent's socket is closed. False when the agent has another one. */
    depart(agentId: string, connection: Connection): boolean {
      const one = online.get(agentId);
      if (one?.connection !== connection) return false;
      remove(one);
      return true;
    },
    recordOf: (agentId: string): Agent | undefined => online.get(agentId)?.agent,
    isAssigned: (agentId: string, sessionId: string): boolean => online.get(agentId)?.sessions.has(sessionId) ?? false,
    deliver,
    update,
    reconcileNow: reconciler.reconcileAll,
    stop: reconciler.stop,
  };
}
export type OnlineAgents = ReturnType<typeof startOnlineAgents>;

const differ = (a: Agent, b: Agent): boolean =>
  a.status !== b.status || a.capacity !== b.capacity || a.active !== b.active || a.name !== b.name;
