import type { CodeOf, ErrorCode, ParsedRequestOf, Refusal, Sender, SessionApi } from '@baton/contracts';
import { PLAIN_REQUEST, refuse } from '@baton/contracts';
import { backToWaiting, toAgent, toBot, toClosed, toWaiting } from './changes.ts';
import { NOT_ASSIGNED } from './not-assigned.ts';
import type { AgentsById, ControlChange, SessionView, WaitingOfSource } from './view.ts';

/**
 * What a request does to a session: a change, nothing (the state is reached already), or a refusal. Decisions are pure.
 * If the session has changed since it was read, applying the change fails and the decision is made again.
 */
export type Decision<Code extends ErrorCode = ErrorCode> =
  | { kind: 'change'; change: ControlChange }
  | { kind: 'unchanged' }
  | { kind: 'refused'; refusal: Refusal<Code> };

type RequestTo<Key extends keyof SessionApi['endpoints']> = ParsedRequestOf<SessionApi['endpoints'][Key]>;
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
export const alreadyAssigned = ({ session }: SessionView) =>
  refused('ALREADY_TAKEN', `${session.agentName ?? 'Another agent'} has this chat.`);
const noSuchAgent = (field: string) => refused('NOT_FOUND', `${field}: there is no such agent`, field);

export function decideTransfer(
  view: SessionView,
  request: RequestTo<'transfer'>,
  limits?: WaitingOfSource,
): Decided<'transfer'> {
  const { session } = view;
  switch (session.status) {
    case 'closed':
      return closed();
    case 'agent':
      return alreadyAssigned(view);
    case 'waiting':
      // Idempotent for any caller and epoch: the session waits already.
      return UNCHANGED;
    case 'bot': {
      if (request.epoch !== undefined && request.epoch !== session.epoch) return stale();
      const waiting = view.waitingOfSource;
      if (limits && waiting && waiting.customer >= limits.customer) return tooManyWaiting('you', waiting.customer);
      if (limits && waiting && waiting.address >= limits.address)
        return tooManyWaiting('your network', waiting.address);
      const by = ({ customer_requested: 'user', bot_transferred: 'bot', bot_failed: 'system' } as const)[request.cause];
      return change(
        toWaiting(view, {
          cause: request.cause,
          by,
          // The cause says the same; agents would read it twice.
          reason: request.reason === PLAIN_REQUEST ? undefined : request.reason,
          waitReason: request.reason,
          priority: request.priority,
          brief: request.brief ?? null,
          metadata: request.metadata,
          requestedAt: null,
          limits,
        }),
      );
    }
  }
}

/** [S6] No customer and no network address fills the queue alone. */
const tooManyWaiting = (whose: string, count: number) =>
  refused(
    'TOO_MANY_WAITING',
    `${count} ${count === 1 ? 'chat' : 'chats'} from ${whose} ${count === 1 ? 'waits' : 'wait'} for a human already; this one stays with the assistant until one of them is taken or ended.`,
  );

type ReturnCause = 'customer_cancelled' | 'customer_left' | 'nobody_available' | 'queue_cleared';

export function decideCancel(
  view: SessionView,
  request: { cause: ReturnCause; reason?: string | undefined },
): Decided<'cancelTransfer'> {
  if (view.session.status === 'closed') return closed();
  if (view.session.status !== 'waiting') return refused('NOT_WAITING', 'The chat is not waiting for an agent.');
  const by: Sender = request.cause === 'customer_cancelled' ? 'user' : 'system';
  return change(toBot(view, { cause: request.cause, by, reason: request.reason }));
}

/** [C4] */
export function decideAssign(view: SessionView, agents: AgentsById, request: RequestTo<'assign'>): Decided<'assign'> {
  const { session } = view;
  if (session.status === 'closed') return closed();
  if (session.status === 'agent') return session.assignedAgent === request.agentId ? UNCHANGED : alreadyAssigned(view);
  if (session.status === 'bot') return refused('NOT_WAITING', 'The chat is not waiting for an agent.');
  if (request.epoch !== undefined && request.epoch !== session.epoch) return stale();
  return assignTo(view, agents, request.agentId, 'agentId', 'agent_assigned', 'agent', undefined);
}

export function decideRelease(
  view: SessionView,
  agents: AgentsById,
  request: RequestTo<'release'>,
): Decided<'release'> {
  const { session } = view;
  if (session.assignedAgent !== request.agentId) return refused('NOT_ASSIGNED', NOT_ASSIGNED);
  if (session.status === 'closed') return closed();
  const { to, reason, publicReason } = request;
  switch (to.type) {
    case 'queue':
      return change(backToWaiting(view, { cause: 'agent_released', by: 'agent', reason, publicReason }, to.priority));
    case 'bot':
      return change(toBot(view, { cause: 'agent_returned', by: 'agent', reason, publicReason }));
    case 'agent':
      if (to.agentId === request.agentId)
        return refused('VALIDATION_FAILED', 'to.agentId: has the chat already', 'to.agentId');
      return assignTo(view, agents, to.agentId, 'to.agentId', 'agent_transferred', 'agent', reason, publicReason);
  }
}

export function decideClose(view: SessionView, request: RequestTo<'close'>): Decided<'close'> {
  const { session } = view;
  if (request.by === 'agent' && request.agentId === undefined)
    return refused('VALIDATION_FAILED', 'agentId: must be given when an agent ends a chat', 'agentId');
  if (request.by === 'agent' && session.assignedAgent !== request.agentId) return refused('NOT_ASSIGNED', NOT_ASSIGNED);
  if (session.status === 'closed') return UNCHANGED;
  const cause = ({ user: 'customer_ended', agent: 'agent_closed', system: 'operator_closed' } as const)[request.by];
  const { by, reason, publicReason } = request;
  return change(toClosed(view, { cause, by, reason, publicReason }));
}

/** [Q3] The agent is gone: its session goes back to its position in the queue. */
export function decideRequeue(
  view: SessionView,
  request: { agentId: string; cause: 'agent_vanished' | 'agent_released'; by: Sender; reason: string },
): Decision<never> {
  const { session } = view;
  if (session.status !== 'agent' || session.assignedAgent !== request.agentId) return UNCHANGED;
  return change(backToWaiting(view, request));
}

/** [C4] Assigns to an agent that exists, is online and has capacity. Applying the change checks this again. */
export function assignTo(
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
