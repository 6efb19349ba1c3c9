import { accept, refuse, type SessionApi, transitions, type WaitingSession } from '@baton/contracts';
import type { FakeHandlers } from '../direct-caller.ts';
import type { FakeControl } from './control.ts';
import { byId, copy, type FakeRecord, type Records } from './records.ts';

const noSession = () => refuse('NOT_FOUND', 'There is no such chat.');
const notAssigned = () => refuse('NOT_ASSIGNED', 'This chat is not assigned to you.');
const closed = () => refuse('SESSION_CLOSED', 'The chat has ended.');
const stale = () => refuse('STALE_EPOCH', 'Control of the chat has changed; look again.');
const notWaiting = () => refuse('NOT_WAITING', 'The chat is not waiting for an agent.');
const alreadyTaken = ({ session }: FakeRecord) => refuse('ALREADY_TAKEN', `${session.agentName} has this chat.`);

type ControlKeys =
  | ('transfer' | 'cancelTransfer' | 'clearWaiting' | 'assign' | 'release' | 'close' | 'changeStatus')
  | 'listWaiting';

export function controlHandlers(
  { sessions }: Records,
  control: FakeControl,
  overWaitingLimit: (sessionId: string) => boolean,
): Pick<FakeHandlers<SessionApi>, ControlKeys> {
  const { move, toQueue, assign } = control;
  const allWaiting = () =>
    [...sessions.values()]
      .filter(({ session }) => session.status === 'waiting')
      .sort(byId(({ session }) => session.id));
  const after = (record: FakeRecord) => accept({ session: copy(record.session) });

  return {
    async transfer({ sessionId, cause, reason, priority, brief, metadata, epoch }) {
      const record = sessions.get(sessionId);
      if (record === undefined) return noSession();
      const { status } = record.session;
      if (status === 'closed') return closed();
      if (status === 'agent') return alreadyTaken(record);
      if (status === 'bot') {
        if (epoch !== undefined && epoch !== record.session.epoch) return stale();
        if (overWaitingLimit(sessionId)) return refuse('TOO_MANY_WAITING', 'Too many chats wait already.');
        const by = ({ customer_requested: 'user', bot_transferred: 'bot', bot_failed: 'system' } as const)[cause];
        move(
          record,
          'waiting',
          { cause, by, reason },
          { wait: { reason, priority, brief, ...(metadata && { metadata }) } },
        );
      }
      if (record.wait === null) throw new Error('a waiting session has no wait');
      return accept(copy({ session: record.session, wait: record.wait, repeated: status === 'waiting' }));
    },

    async cancelTransfer({ sessionId, cause, reason }) {
      const record = sessions.get(sessionId);
      if (record === undefined) return noSession();
      if (record.session.status === 'closed') return closed();
      if (record.session.status !== 'waiting') return notWaiting();
      move(record, 'bot', { cause, by: cause === 'customer_cancelled' ? 'user' : 'system', reason });
      return after(record);
    },

    async clearWaiting({ reason }) {
      const waiting = allWaiting();
      for (const record of waiting) move(record, 'bot', { cause: 'queue_cleared', by: 'system', reason });
      return accept({ cleared: waiting.length });
    },

    async listWaiting({ afterId = '', limit }) {
      const rest = allWaiting().filter(({ session }) => session.id > afterId);
      const waiting = rest.slice(0, limit).flatMap(({ session, wait }): WaitingSession[] => {
        if (wait === null) return [];
        const { sessionId, priority, requestedAt, reason, brief, metadata } = wait;
        return [
          copy({
            sessionId,
            epoch: session.epoch,
            priority,
            requestedAt,
            reason,
            brief,
            ...(metadata && { metadata }),
          }),
        ];
      });
      return accept({ waiting, hasMore: rest.length > limit });
    },

    async assign({ sessionId, agentId, epoch }) {
      const record = sessions.get(sessionId);
      if (record === undefined) return noSession();
      const { status, assignedAgent } = record.session;
      if (status === 'closed') return closed();
      if (status === 'bot') return notWaiting();
      const repeated = status === 'agent' && assignedAgent === agentId;
      if (status === 'agent' && !repeated) return alreadyTaken(record);
      if (!repeated) {
        if (epoch !== undefined && epoch !== record.session.epoch) return stale();
        const refusal = assign(record, agentId, 'agentId', { cause: 'agent_assigned', by: 'agent' });
        if (refusal) return refusal;
      }
      return accept(copy({ session: record.session, ...(record.wait && { wait: record.wait }), repeated }));
    },

    async release({ sessionId, agentId, to, reason, publicReason }) {
      const record = sessions.get(sessionId);
      if (record === undefined || record.session.assignedAgent !== agentId) return notAssigned();
      if (record.session.status === 'closed') return closed();
      const origin = { by: 'agent', reason, publicReason } as const;
      if (to.type === 'queue') toQueue(record, { ...origin, cause: 'agent_released' }, to.priority);
      else if (to.type === 'bot') move(record, 'bot', { ...origin, cause: 'agent_returned' });
      else {
        if (to.agentId === agentId)
          return refuse('VALIDATION_FAILED', 'to.agentId: has the chat already', 'to.agentId');
        const refusal = assign(record, to.agentId, 'to.agentId', { ...origin, cause: 'agent_transferred' });
        if (refusal) return refusal;
      }
      return after(record);
    },

    async close({ sessionId, by, agentId, reason, publicReason }) {
      const record = sessions.get(sessionId);
      if (by === 'agent' && agentId !== undefined && record?.session.assignedAgent !== agentId) return notAssigned();
      if (record === undefined) return noSession();
      if (by === 'agent' && agentId === undefined)
        return refuse('VALIDATION_FAILED', 'agentId: must be given', 'agentId');
      const cause = ({ user: 'customer_ended', agent: 'agent_closed', system: 'operator_closed' } as const)[by];
      if (record.session.status !== 'closed') move(record, 'closed', { cause, by, reason, publicReason });
      return after(record);
    },

    async changeStatus({ sessionId, status, agentId, epoch, reason }) {
      const record = sessions.get(sessionId);
      if (record === undefined) return noSession();
      const { session } = record;
      if (session.status === 'closed') return closed();
      if (epoch !== undefined && epoch !== session.epoch) return stale();
      if (!transitions[session.status].includes(status))
        return refuse('ILLEGAL_TRANSITION', `A chat cannot go from ${session.status} to ${status}.`, 'status');
      const origin = { by: 'system', reason } as const;
      if (status === 'closed') move(record, 'closed', { ...origin, cause: 'operator_closed' });
      else if (status === 'bot') move(record, 'bot', { ...origin, cause: 'queue_cleared' });
      else if (status === 'waiting' && session.status === 'agent')
        toQueue(record, { ...origin, cause: 'agent_released' });
      else if (status === 'waiting') {
        const wait = { reason: reason ?? 'A supervisor put the chat into the queue.', priority: 'normal' } as const;
        move(record, 'waiting', { ...origin, cause: 'bot_transferred' }, { wait });
      } else {
        if (agentId === undefined) return refuse('VALIDATION_FAILED', 'agentId: must be given', 'agentId');
        if (session.assignedAgent === agentId) return alreadyTaken(record);
        const cause = session.status === 'agent' ? 'agent_transferred' : 'agent_assigned';
        const refusal = assign(record, agentId, 'agentId', { ...origin, cause });
        if (refusal) return refusal;
      }
      return after(record);
    },
  };
}
