import {
  type Agent,
  accept,
  channels,
  type Entry,
  refuse,
  type ServiceHealth,
  type Session,
  type WaitingSession,
} from '@baton/contracts';
import type { Bus } from '@baton/runtime';
import { createSessionModel, type StoredSession } from './session-model.ts';

/** What goes wrong on purpose. */
interface Faults {
  /** Notifications of entries to swallow, from now on. */
  loseEntries: number;
  /** Each notification of entries is sent this many times. */
  copies: number;
  /** Notifications are held back for up to this long, so that they overtake each other. */
  shuffleMs: number;
  /** Appends that are stored, but whose reply is late. */
  appendAnswersLateMs: number;
  /** Appends refused as UNAVAILABLE, from now on. */
  refuseAppends: number;
  /** Pages of a log come this late. */
  pagesLateMs: number;
  loseNotifications: boolean;
  healthDown: Set<'session' | 'queue' | 'ai' | 'postgres' | 'model'>;
}

/** What the fake services share: the model, what they publish about it, and what goes wrong on the way. */
export function createFakeWorld(bus: Bus) {
  const model = createSessionModel();
  const faults: Faults = {
    loseEntries: 0,
    copies: 1,
    shuffleMs: 0,
    appendAnswersLateMs: 0,
    refuseAppends: 0,
    pagesLateMs: 0,
    loseNotifications: false,
    healthDown: new Set(),
  };
  const calls: { endpoint: string; at: number }[] = [];
  const presence = { present: new Map<string, string>(), gone: [] as string[], reports: [] as string[][] };
  const told: string[] = [];
  /** The source of each session that a gateway has created. */
  const sources: (string | undefined)[] = [];
  const appends: { sessionId: string; count: number }[] = [];

  const publishEntries = (...entries: Entry[]) => {
    const [first] = entries;
    if (first === undefined) return;
    if (faults.loseEntries > 0) {
      faults.loseEntries -= 1;
      return;
    }
    const { sessionId } = first;
    const send = () => bus.publish(channels.live.entry, { session: sessionId }, { sessionId, entries });
    for (let copy = 0; copy < faults.copies; copy++) {
      if (faults.shuffleMs === 0) send();
      else setTimeout(send, Math.random() * faults.shuffleMs);
    }
  };
  const notifyOfQueue = () =>
    faults.loseNotifications || bus.publish(channels.queue.changed, {}, { at: new Date().toISOString() });
  const notifyOfAgent = (agent: Agent, removed = false) =>
    faults.loseNotifications || bus.publish(channels.agent.changed, { agent: agent.id }, { agent, removed });
  const copy = <T>(value: T): T => structuredClone(value);
  const waitingOf = ({
    session,
    wait,
  }: {
    session: Session;
    wait: NonNullable<StoredSession['wait']>;
  }): WaitingSession => ({
    sessionId: session.id,
    epoch: session.epoch,
    priority: wait.priority,
    requestedAt: wait.requestedAt,
    reason: wait.reason,
    brief: wait.brief,
  });

  const transfer = (found: StoredSession, priority: 'high' | 'normal' | 'low', reason: string) => {
    const entry = model.change(found, { to: 'waiting', cause: 'customer_requested', by: 'user', reason, priority });
    found.wait = {
      sessionId: found.session.id,
      reason,
      priority,
      position: null,
      requestedAt: entry.timestamp,
      brief: { summary: `About: ${reason}` },
    };
    publishEntries(entry);
    notifyOfQueue();
  };
  const assign = (
    found: StoredSession,
    agentId: string,
    cause: 'agent_assigned' | 'agent_transferred' = 'agent_assigned',
  ) => {
    const agent = model.agents.get(agentId);
    publishEntries(model.change(found, { to: 'agent', cause, by: 'agent', agentId, agentName: agent?.name ?? '' }));
    if (!faults.loseNotifications) {
      const { id: sessionId, epoch } = found.session;
      bus.publish(channels.agent.assigned, { agent: agentId }, { agentId, sessionId, epoch });
    }
    if (agent) notifyOfAgent(agent);
    notifyOfQueue();
  };
  const close = (found: StoredSession, by: 'user' | 'agent' | 'system', reason?: string) => {
    if (found.session.status === 'closed') return;
    const cause = by === 'user' ? 'customer_ended' : by === 'agent' ? 'agent_closed' : 'operator_closed';
    publishEntries(model.change(found, { to: 'closed', cause, by, ...(reason !== undefined && { reason }) }));
    notifyOfQueue();
  };
  const health = (parts: Record<string, 'up' | 'down'>): ServiceHealth => ({
    status: Object.values(parts).includes('down') ? 'down' : 'up',
    instance: 'fake',
    version: '0.0.0',
    uptimeSeconds: 1,
    parts: Object.fromEntries(Object.entries(parts).map(([name, status]) => [name, { status }])),
  });
  const answersHealth = async (name: 'session' | 'queue' | 'ai', parts: Record<string, 'up' | 'down'>) => {
    if (faults.healthDown.has(name)) await new Promise((resolve) => setTimeout(resolve, 4_000));
    return accept(health(parts));
  };
  const partOf = (name: 'postgres' | 'model') => (faults.healthDown.has(name) ? ('down' as const) : ('up' as const));

  return {
    model,
    faults,
    bus,
    sources,
    publishEntries,
    notifyOfAgent,
    copy,
    waitingOf,
    answersHealth,
    partOf,
    calls,
    appends,
    presence,
    /** Waits that a gateway told the queue of. */
    told,
    /** What the services do by themselves. */
    act: {
      transfer,
      assign,
      close,
      notifyOfQueue,
      botSays(sessionId: string, content: string, inReplyTo?: number) {
        const found = model.stored(sessionId);
        if (!found) throw new Error('no such chat');
        const said = model.append(found, { type: 'bot', epoch: found.session.epoch }, { content, inReplyTo });
        if (!('ok' in said)) publishEntries(said.entry);
      },
    },
  };
}
export type FakeWorld = ReturnType<typeof createFakeWorld>;

export const notHere = () => Promise.resolve(refuse('INTERNAL', 'The gateway does not ask for this.'));
export const noSession = () => refuse('NOT_FOUND', 'There is no such chat.', 'sessionId');
export const noAgent = () => refuse('NOT_FOUND', 'There is no such agent.', 'agentId');
