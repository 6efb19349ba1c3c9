import { type Agent, type Entry, refuse, type SessionApi } from '@baton/contracts';
import type { Caller, Log, Metrics } from '@baton/runtime';
import type { Connection } from '../connections/connection.ts';
import type { Seat } from '../delivery/feed.ts';
import type { Watches } from '../delivery/feeds.ts';
import { inBackground } from '../platform/background.ts';
import { type CustomerPresenceView, openCustomerPresence } from './customer-presence/customer-presence.ts';
import type { LookForCustomer } from './customer-presence/look-for-customer.ts';
import { isVanished } from './off-duty.ts';
import { fetchSnapshot } from './session-snapshot.ts';
import type { AgentReactions } from './subscriptions.ts';

interface Held {
  epoch: number;
  seat: Seat;
  isTold: boolean;
  /** From when the agent was told of the chat. */
  presence: CustomerPresenceView | undefined;
  /** Resolves when the agent was told of the chat, or when it turned out not to be in its hands. */
  told: Promise<void>;
}

interface AgentHere {
  agent: Agent;
  connection: Connection;
  /** Chats that the agent was told it has, or that it is being told of at this moment. */
  held: Map<string, Held>;
  unfollow: () => void;
}

/** Agents asked about at once by the comparing loop. */
const COMPARED_AT_ONCE = 8;

/**
 * The agents that have their socket on this gateway, and the chats in their hands.
 *
 * Whatever put a chat in an agent's hands, here or elsewhere, is known by a claim's answer, a hint or by comparing with
 * the record, and goes one way: `take`. That it left them is known from its log: the change of control is shown, and
 * the chat is gone. [C3]
 */
export function createDesk(options: {
  session: Pick<Caller<SessionApi>, 'getWithEntries' | 'listAgentSessions' | 'getAgent' | 'updateAgent'>;
  watches: Watches;
  /** Hears what is announced of an agent until it is stopped; `ready` when that reaches this gateway. */
  follow: (agentId: string, react: AgentReactions) => { ready: Promise<void>; stop: () => void };
  lookForCustomer: LookForCustomer;
  log: Log;
  metrics: Metrics;
}) {
  const { session, watches, lookForCustomer, log } = options;
  const here = new Map<string, AgentHere>();
  options.metrics.gauge('baton_agents_here', 'Agents with their socket on this gateway', () => here.size);

  const drop = (desk: AgentHere, sessionId: string) => {
    const held = desk.held.get(sessionId);
    held?.seat.leave();
    held?.presence?.stop();
    desk.held.delete(sessionId);
  };

  /** The agent has seen an entry of a chat it holds: is the chat still in its hands? */
  const shown = (desk: AgentHere, entry: Entry, epoch: number) => {
    if (entry.kind !== 'event' || desk.held.get(entry.sessionId)?.epoch !== epoch || entry.change.epoch <= epoch)
      return;
    const { change, sessionId } = entry;
    // The change that follows at once says where the chat went, and why: the agent is shown that, too.
    if (change.passing) return;
    drop(desk, sessionId);
    // A chat that has ended was told of by session:closed; session:unassigned is for one that goes on in other hands.
    if (change.to !== 'closed') desk.connection.emit('session:unassigned', { sessionId, change });
  };

  /**
   * Tells the agent of a chat that is in its hands by the record, once for each time it is put there. Whoever asks
   * meanwhile waits for the same telling, so that no answer overtakes it.
   */
  const take = async (agentId: string, sessionId: string, epoch: number): Promise<void> => {
    const desk = here.get(agentId);
    if (desk === undefined) return;
    const known = desk.held.get(sessionId);
    if (known !== undefined && known.epoch >= epoch) return known.told;
    drop(desk, sessionId);
    const seat = watches.sit(sessionId, {
      audience: 'agent',
      emit: desk.connection.emit,
      reader: desk.connection,
      onShown: (entry) => shown(desk, entry, epoch),
      onPresence: (present) => (present ? held.presence?.arrived() : held.presence?.left()),
    });
    const held: Held = { epoch, seat, isTold: false, presence: undefined, told: Promise.resolve() };
    desk.held.set(sessionId, held);
    held.told = tell(desk, sessionId, held);
    return held.told;
  };

  const tell = async (desk: AgentHere, sessionId: string, held: Held): Promise<void> => {
    const { connection, agent } = desk;
    const { epoch, seat } = held;
    await seat.ready;
    const snapshot = await fetchSnapshot(session, sessionId);
    if (desk.held.get(sessionId) !== held) return;
    const current = snapshot.ok ? snapshot.value.session : undefined;
    if (!snapshot.ok || current?.assignedAgent !== agent.id || current.status !== 'agent' || current.epoch !== epoch) {
      // Not in its hands any more, or not to be known now: the comparing loop looks again.
      drop(desk, sessionId);
      return;
    }
    connection.emit('session:assigned', { sessionId, session: snapshot.value.session });
    held.isTold = true;
    seat.begin({ at: snapshot.value.lastSeq, lastSeq: snapshot.value.lastSeq });
    held.presence = openCustomerPresence({
      look: () => lookForCustomer(sessionId),
      tell: (present) => connection.emit('customer:presence', { sessionId, present }),
    });
    inBackground(log, 'look for a customer', held.presence.compare());
  };
  /** [M6] A hint about a customer may be lost, and a gateway that is killed gives none. */
  const compareCustomers = (desk: AgentHere) => {
    for (const { presence } of desk.held.values())
      if (presence) inBackground(log, 'look for a customer', presence.compare());
  };

  const isElsewhere = (desk: AgentHere, agent: Agent) =>
    agent.socketId !== null && agent.socketId !== desk.connection.id;
  const keep = (desk: AgentHere, agent: Agent) => {
    if (differ(desk.agent, agent)) desk.connection.emit('agent:updated', { agent });
    desk.agent = agent;
  };
  /** The agent's record as somebody announced it, and the agent is told when it has changed. */
  const note = (agent: Agent): void => {
    const desk = here.get(agent.id);
    if (desk === undefined) return;
    // Announcements overtake each other, so one of another socket may be an old one: the record says.
    if (isElsewhere(desk, agent)) inBackground(log, 'look where an agent is', compareOne(desk));
    else keep(desk, agent);
  };

  /** Takes the agent off this gateway; its chats stay in its hands until the grace period has passed. [Q3] */
  const remove = (desk: AgentHere) => {
    if (here.get(desk.agent.id) === desk) here.delete(desk.agent.id);
    desk.unfollow();
    for (const sessionId of [...desk.held.keys()]) drop(desk, sessionId);
    desk.connection.leaveAgentsRoom();
  };
  const supersede = (desk: AgentHere) => {
    remove(desk);
    log.info({ agentId: desk.agent.id, socketId: desk.connection.id }, 'an agent came back on another connection');
    desk.connection.emit('error', {
      event: 'agent:resume',
      ...withoutOk(refuse('FORBIDDEN', 'You’re signed in in another window; this connection is closed.')),
    });
    desk.connection.dismiss();
  };

  const compareOne = async (desk: AgentHere): Promise<void> => {
    const agentId = desk.agent.id;
    const before = [...desk.held.keys()];
    const [record, list] = await Promise.all([session.getAgent({ agentId }), session.listAgentSessions({ agentId })]);
    if (here.get(agentId) !== desk) return;
    if (!record.ok) {
      if (record.code === 'NOT_FOUND') forget(agentId);
      return;
    }
    if (isElsewhere(desk, record.value.agent)) {
      supersede(desk);
      return;
    }
    keep(desk, record.value.agent);
    if (isVanished(record.value.agent)) await backOnDuty(desk);
    if (!list.ok) return;
    const inHands = new Set(list.value.sessions.map(({ id }) => id));
    // What is no longer in its hands is told by the log itself.
    for (const sessionId of before) if (!inHands.has(sessionId)) watches.refresh(sessionId);
    await Promise.all(list.value.sessions.map(({ id, epoch }) => take(agentId, id, epoch)));
  };

  /** It was taken for vanished while its socket was here all the time, as when reports could not be made for long. */
  const backOnDuty = async (desk: AgentHere) => {
    const { id: agentId } = desk.agent;
    log.warn({ agentId }, 'an agent that is here was taken for vanished; it is back on duty');
    const updated = await session.updateAgent({ agentId, status: 'available' });
    if (updated.ok && here.get(agentId) === desk) keep(desk, updated.value.agent);
  };

  /** The agent's record was removed for good. */
  const forget = (agentId: string) => {
    const desk = here.get(agentId);
    if (desk === undefined) return;
    remove(desk);
    desk.connection.identity = { role: 'agent', duty: Promise.resolve(undefined) };
    desk.connection.emit('agent:updated', { agent: { ...desk.agent, status: 'offline' } });
  };

  return {
    get size() {
      return here.size;
    },
    /** The agents here whose client has given a sign of life within so many milliseconds. */
    aliveWithin: (quietMs: number): string[] =>
      [...here].flatMap(([agentId, { connection }]) => (connection.quietMs() <= quietMs ? [agentId] : [])),
    /**
     * The agent has its socket here from now on; an older one of the same agent is told and closed. Resolves when
     * whatever is put in its hands is heard of.
     */
    async arrive(connection: Connection, agent: Agent): Promise<void> {
      const older = here.get(agent.id);
      if (older?.connection === connection) {
        // It asks again what it holds, so it is told again; of what it is being told just now, once.
        for (const [sessionId, { isTold }] of older.held) if (isTold) drop(older, sessionId);
        inBackground(log, 'look what an agent holds', compareOne(older));
        return;
      }
      if (older) supersede(older);
      const following = options.follow(agent.id, {
        assigned: ({ sessionId, epoch }) => inBackground(log, 'take a chat', take(agent.id, sessionId, epoch)),
        changed: (hint) => (hint.removed ? forget(agent.id) : note(hint.agent)),
        rated: ({ sessionId, rating }) => connection.emit('session:rated', { sessionId, rating }),
      });
      const desk = { agent, connection, held: new Map(), unfollow: following.stop };
      here.set(agent.id, desk);
      connection.joinAgentsRoom();
      await following.ready;
      // What was put in its hands before that was not heard of.
      inBackground(log, 'look what an agent holds', compareOne(desk));
    },
    /** The agent's socket has closed. False when the agent is here, or was, on another one. */
    depart(agentId: string, connection: Connection): boolean {
      const desk = here.get(agentId);
      if (desk?.connection !== connection) return false;
      remove(desk);
      return true;
    },
    agentOn: (connection: Connection): string | undefined =>
      [...here.values()].find((desk) => desk.connection === connection)?.agent.id,
    recordOf: (agentId: string): Agent | undefined => here.get(agentId)?.agent,
    holds: (agentId: string, sessionId: string): boolean => here.get(agentId)?.held.has(sessionId) ?? false,
    take,
    note,
    /** One round of the comparing loop. */
    async compare(): Promise<void> {
      const desks = [...here.values()];
      desks.forEach(compareCustomers);
      const worker = async () => {
        for (let desk = desks.pop(); desk !== undefined; desk = desks.pop()) await compareOne(desk);
      };
      await Promise.all(Array.from({ length: COMPARED_AT_ONCE }, worker));
    },
  };
}
export type Desk = ReturnType<typeof createDesk>;

const differ = (a: Agent, b: Agent): boolean =>
  a.status !== b.status || a.capacity !== b.capacity || a.active !== b.active || a.name !== b.name;

function withoutOk<Refused extends { ok: false }>({ ok: _, ...rest }: Refused): Omit<Refused, 'ok'> {
  return rest;
}
