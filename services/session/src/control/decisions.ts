import type { CodeOf, ErrorCode, ParsedRequestOf, Refusal, Sender, SessionApi } from '@baton/contracts';
import { PLAIN_REQUEST, refuse } from '@baton/contracts';
import { backToWaiting, toAgent, toBot, toClosed, toWaiting } from './changes.ts';
import { NOT_ASSIGNED } from './not-assigned.ts';
import type { AgentsById, ControlChange, SessionView, WaitingOfSource } from './view.ts';

/**
 * What a request does to a session as it was read: a change, nothing (it is so already), or a refusal. Pure: whether
 * the session still is as it was read, is checked when the change is carried out; if not, it is decided anew.
 */
export type Decision<Code extends ErrorCode = ErrorCode> =
  | { kind: 'change'; change: ControlChange }
  | { kind: 'unchanged' }
  | { kind: 'refused'; refusal: Refusal<Code> };

type Asked<Key extends keyof SessionApi['endpoints']> = ParsedRequestOf<SessionApi['endpoints'][Key]>;
type Decided<Key extends keyof SessionApi['endpoints']> = Decision<CodeOf<SessionApi['endpoints'][Key]>>;

export const change = (decided: ControlChange): { kind: 'change'; change: ControlChange } => ({
  kind: 'change',
  change: decided,
});
export const UNCHANGED = { kind: 'unchanged' } as const;
export const refused = <Code extends ErrorCode>(code: Code, message: string, field?: string) =>
  ({ kind: 'refused', refusal: refuse(code, message, field) }) as const;

export const closed = () => refused('SESSION_CLOSED', 'The chat has ended.');
export const stale = () => refused('STALE_EPOCH', 'Control of the chat has changed; look again.');
export const takenBy = ({ session }: SessionView) =>
  refused('ALREADY_TAKEN', `${session.agentName ?? 'Another agent'} has this chat.`);
const noSuchAgent = (field: string) => refused('NOT_FOUND', `${field}: there is no such agent`, field);

export function decideTransfer(
  view: SessionView,
  asked: Asked<'transfer'>,
  most?: WaitingOfSource,
): Decided<'transfer'> {
  const { session } = view;
  switch (session.status) {
    case 'closed':
      return closed();
    case 'agent':
      return takenBy(view);
    case 'waiting':
      // Whoever asks again, and with whatever epoch: it waits, which is what was asked for.
      return UNCHANGED;
    case 'bot': {
      if (asked.epoch !== undefined && asked.epoch !== session.epoch) return stale();
      const waiting = view.waitingOfSource;
      if (most && waiting && waiting.customer >= most.customer) return tooManyWait('you', waiting.customer);
      if (most && waiting && waiting.address >= most.address) return tooManyWait('your network', waiting.address);
      const by = ({ customer_requested: 'user', bot_transferred: 'bot', bot_failed: 'system' } as const)[asked.cause];
      return change(
        toWaiting(view, {
          cause: asked.cause,
          by,
          // The cause says it already; said again, agents read it twice.
          reason: asked.reason === PLAIN_REQUEST ? undefined : asked.reason,
          waitReason: asked.reason,
          priority: asked.priority,
          brief: asked.brief ?? null,
          metadata: asked.metadata,
          place: null,
          most,
        }),
      );
    }
  }
}

/** [S6] Nobody fills the line by themselves. */
const tooManyWait = (whose: string, count: number) =>
  refused(
    'TOO_MANY_WAITING',
    `${count} ${count === 1 ? 'chat' : 'chats'} from ${whose} ${count === 1 ? 'waits' : 'wait'} for a human already; this one stays with the assistant until one of them is taken or ended.`,
  );

type ReturnCause = 'customer_cancelled' | 'customer_left' | 'nobody_available' | 'queue_cleared';

export function decideCancel(
  view: SessionView,
  asked: { cause: ReturnCause; reason?: string | undefined },
): Decided<'cancelTransfer'> {
  if (view.session.status === 'closed') return closed();
  if (view.session.status !== 'waiting') return refused('NOT_WAITING', 'The chat is not waiting for an agent.');
  const by: Sender = asked.cause === 'customer_cancelled' ? 'user' : 'system';
  return change(toBot(view, { cause: asked.cause, by, reason: asked.reason }));
}

/** [C4] */
export function decideAssign(view: SessionView, agents: AgentsById, asked: Asked<'assign'>): Decided<'assign'> {
  const { session } = view;
  if (session.status === 'closed') return closed();
  if (session.status === 'agent') return session.assignedAgent === asked.agentId ? UNCHANGED : takenBy(view);
  if (session.status === 'bot') return refused('NOT_WAITING', 'The chat is not waiting for an agent.');
  if (asked.epoch !== undefined && asked.epoch !== session.epoch) return stale();
  return giveTo(view, agents, asked.agentId, 'agentId', 'agent_assigned', 'agent', undefined);
}

export function decideRelease(view: SessionView, agents: AgentsById, asked: Asked<'release'>): Decided<'release'> {
  const { session } = view;
  if (session.assignedAgent !== asked.agentId) return refused('NOT_ASSIGNED', NOT_ASSIGNED);
  if (session.status === 'closed') return closed();
  const { to, reason, publicReason } = asked;
  switch (to.type) {
    case 'queue':
      return change(backToWaiting(view, { cause: 'agent_released', by: 'agent', reason, publicReason }, to.priority));
    case 'bot':
      return change(toBot(view, { cause: 'agent_returned', by: 'agent', reason, publicReason }));
    case 'agent':
      if (to.agentId === asked.agentId)
        return refused('VALIDATION_FAILED', 'to.agentId: has the chat already', 'to.agentId');
      return giveTo(view, agents, to.agentId, 'to.agentId', 'agent_transferred', 'agent', reason, publicReason);
  }
}

export function decideClose(view: SessionView, asked: Asked<'close'>): Decided<'close'> {
  const { session } = view;
  if (asked.by === 'agent' && asked.agentId === undefined)
    return refused('VALIDATION_FAILED', 'agentId: must be given when an agent ends a chat', 'agentId');
  if (asked.by === 'agent' && session.assignedAgent !== asked.agentId) return refused('NOT_ASSIGNED', NOT_ASSIGNED);
  if (session.status === 'closed') return UNCHANGED;
  const cause = ({ user: 'customer_ended', agent: 'agent_closed', system: 'operator_closed' } as const)[asked.by];
  const { by, reason, publicReason } = asked;
  return change(toClosed(view, { cause, by, reason, publicReason }));
}

/** [Q3] The agent is no longer there: what it held goes back to its place. */
export function decidePutBack(
  view: SessionView,
  asked: { agentId: string; cause: 'agent_vanished' | 'agent_released'; by: Sender; reason: string },
): Decision<never> {
  const { session } = view;
  if (session.status !== 'agent' || session.assignedAgent !== asked.agentId) return UNCHANGED;
  return change(backToWaiting(view, asked));
}

/** [C4] To an agent that exists, is there and has room. Read before it is done, and checked again when it is. */
export function giveTo(
  view: SessionView,
  agents: AgentsById,
  agentId: string,
  field: string,
  cause: 'agent_assigned' | 'agent_transferred',
  by: Sender,
  reason: string | undefined,
  publicReason?: string,
): Decision<'NOT_FOUND' | 'AGENT_OFFLINE' | 'AT_CAPACITY'> {
  const agent = agents.get(agentId);
  if (agent === undefined) return noSuchAgent(field);
  if (agent.status === 'offline') return refused('AGENT_OFFLINE', `${agent.name} is offline.`);
  if (agent.active >= agent.capacity) {
    const limit = agent.capacity === 1 ? '1 chat' : `${agent.capacity} chats`;
    return refused('AT_CAPACITY', `${agent.name} has reached the limit of ${limit}.`);
  }
  return change(toAgent(view, agent, { cause, by, reason, publicReason }));
}
