import {
  type Agent,
  accept,
  type Entry,
  refuse,
  type ServiceHealth,
  type Session,
  type Subjects,
  type WaitingSession,
} from '@baton/contracts';
import type { NatsConnection } from 'nats';
import { type Chat, createChatModel } from './chat-model.ts';

/** What goes wrong on purpose. */
interface Faults {
  /** Announcements of entries to swallow, from now on. */
  loseEntries: number;
  /** Each announcement of entries is sent this many times. */
  copies: number;
  /** Announcements are held back for up to this long, so that they overtake each other. */
  shuffleMs: number;
  /** Appends that are done, but whose answer is late. */
  appendAnswersLateMs: number;
  /** Appends refused as UNAVAILABLE, from now on. */
  refuseAppends: number;
  /** Pages of a log come this late. */
  pagesLateMs: number;
  loseHints: boolean;
  healthDown: Set<'session' | 'queue' | 'ai' | 'postgres' | 'model'>;
}

/** What the fake services have in common: the model, what they announce of it, and what goes wrong on the way. */
export function createFakeWorld(nats: NatsConnection, subjects: Subjects) {
  const model = createChatModel();
  const faults: Faults = {
    loseEntries: 0,
    copies: 1,
    shuffleMs: 0,
    appendAnswersLateMs: 0,
    refuseAppends: 0,
    pagesLateMs: 0,
    loseHints: false,
    healthDown: new Set(),
  };
  const calls: { endpoint: string; at: number }[] = [];
  const presence = { present: new Map<string, string>(), gone: [] as string[], reports: [] as string[][] };
  const told: string[] = [];
  const appends: { sessionId: string; count: number }[] = [];

  const publish = (subject: string, payload: unknown) => nats.publish(subject, JSON.stringify(payload));
  const announce = (...entries: Entry[]) => {
    const [first] = entries;
    if (first === undefined) return;
    if (faults.loseEntries > 0) {
      faults.loseEntries -= 1;
      return;
    }
    const send = () => publish(subjects.live(first.sessionId, 'entry'), { sessionId: first.sessionId, entries });
    for (let copy = 0; copy < faults.copies; copy++) {
      if (faults.shuffleMs === 0) send();
      else setTimeout(send, Math.random() * faults.shuffleMs);
    }
  };
  const hintQueue = () => faults.loseHints || publish(subjects.queueChanged, { at: new Date().toISOString() });
  const hintAgent = (agent: Agent, removed = false) =>
    faults.loseHints || publish(subjects.agent(agent.id, 'changed'), { agent, removed });
  const copy = <T>(value: T): T => structuredClone(value);
  const waitingOf = ({ session, wait }: { session: Session; wait: NonNullable<Chat['wait']> }): WaitingSession => ({
    sessionId: session.id,
    epoch: session.epoch,
    priority: wait.priority,
    requestedAt: wait.requestedAt,
    reason: wait.reason,
    brief: wait.brief,
  });

  const transfer = (chat: Chat, priority: 'high' | 'normal' | 'low', reason: string) => {
    const entry = model.change(chat, { to: 'waiting', cause: 'customer_requested', by: 'user', reason, priority });
    chat.wait = {
      sessionId: chat.session.id,
      reason,
      priority,
      position: null,
      requestedAt: entry.timestamp,
      brief: { summary: `About: ${reason}` },
    };
    announce(entry);
    hintQueue();
  };
  const assign = (chat: Chat, agentId: string, cause: 'agent_assigned' | 'agent_transferred' = 'agent_assigned') => {
    const agent = model.agents.get(agentId);
    announce(model.change(chat, { to: 'agent', cause, by: 'agent', agentId, agentName: agent?.name ?? '' }));
    if (!faults.loseHints) {
      publish(subjects.agent(agentId, 'assigned'), { agentId, sessionId: chat.session.id, epoch: chat.session.epoch });
    }
    if (agent) hintAgent(agent);
    hintQueue();
  };
  const close = (chat: Chat, by: 'user' | 'agent' | 'system', reason?: string) => {
    if (chat.session.status === 'closed') return;
    const cause = by === 'user' ? 'customer_ended' : by === 'agent' ? 'agent_closed' : 'operator_closed';
    announce(model.change(chat, { to: 'closed', cause, by, ...(reason !== undefined && { reason }) }));
    hintQueue();
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
    subjects,
    publish,
    announce,
    hintAgent,
    copy,
    waitingOf,
    answersHealth,
    partOf,
    calls,
    appends,
    presence,
    /** Waits that the queue was told of by a gateway. */
    told,
    /** What the services do by themselves. */
    act: {
      transfer,
      assign,
      close,
      hintQueue,
      botSays(sessionId: string, content: string, inReplyTo?: number) {
        const chat = model.chatOf(sessionId);
        if (!chat) throw new Error('no such chat');
        const said = model.append(chat, { type: 'bot', epoch: chat.session.epoch }, { content, inReplyTo });
        if (!('ok' in said)) announce(said.entry);
      },
    },
  };
}
export type FakeWorld = ReturnType<typeof createFakeWorld>;

export const notHere = () => Promise.resolve(refuse('INTERNAL', 'The gateway does not ask for this.'));
export const noSession = () => refuse('NOT_FOUND', 'There is no such chat.', 'sessionId');
export const noAgent = () => refuse('NOT_FOUND', 'There is no such agent.', 'agentId');
