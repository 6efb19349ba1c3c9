import type { Priority } from '@baton/contracts';
import type { Release, Reserve } from '../src/claims/store-redis.ts';
import { inOrder, type Waiter } from '../src/queue/order.ts';
import type { CustomerConnection, Leave, Put } from '../src/queue/store-redis.ts';

interface Waiting extends Waiter {
  epoch: number;
}

/** What the scripts do to the queue, on plain arrays, without a thought for speed. */
export function queueModel(stepMs: number) {
  const waiting = new Map<string, Waiting>();
  const left = new Map<string, number>();
  const reservations = new Map<string, { agentId: string; token: string }>();

  const order = () => inOrder([...waiting.values()], stepMs);
  const remove = (sessionId: string) => {
    reservations.delete(sessionId);
    return waiting.delete(sessionId);
  };
  return {
    waiting,
    reservations,
    order,

    put({ mode, waiting: { sessionId, epoch, priority, requestedAt } }: Put) {
      const known = waiting.get(sessionId);
      const start = Date.parse(requestedAt);
      const same = known?.priority === priority && known.start === start;
      if (known && known.epoch === epoch && (mode === 'keep' || same)) return 'kept';
      if (known && known.epoch > epoch) return 'kept';
      if (mode === 'correct' && (left.get(sessionId) ?? 0) >= epoch) return 'kept';
      if (known?.epoch !== epoch) reservations.delete(sessionId);
      // A new wait starts present. A session that is kept by its epoch is not looked at.
      const away = known?.epoch === epoch && known.away;
      waiting.set(sessionId, { sessionId, priority, start, epoch, away });
      return known ? 'moved' : 'added';
    },

    leave({ sessionId, epoch, remember }: Leave) {
      const known = waiting.get(sessionId);
      if (remember) left.set(sessionId, Math.max(left.get(sessionId) ?? 0, epoch));
      return known !== undefined && known.epoch <= epoch && remove(sessionId);
    },

    reserve({ agentId, sessionId: named }: Reserve, token: string) {
      const reserved = ({ sessionId, epoch, start }: Waiting) => {
        reservations.set(sessionId, { agentId, token });
        return { outcome: 'reserved', sessionId, token, epoch, startMs: start };
      };
      if (named !== undefined) {
        const known = reservations.get(named);
        const found = waiting.get(named);
        if (!found) return { outcome: 'not_queued' };
        return known && known.agentId !== agentId ? { outcome: 'reserved_by_another' } : reserved(found);
      }
      const free = order().find(({ sessionId }) => !reservations.has(sessionId));
      if (free) return reserved(free);
      return { outcome: waiting.size > 0 ? 'reserved_by_another' : 'empty' };
    },

    markAway({ sessionId, presence }: { sessionId: string; presence: CustomerConnection }) {
      const known = waiting.get(sessionId);
      if (known) known.away = presence === 'away';
    },

    release({ sessionId, token }: Release) {
      return reservations.get(sessionId)?.token === token && reservations.delete(sessionId);
    },

    position(sessionId: string) {
      const index = order().findIndex((one) => one.sessionId === sessionId);
      const found = waiting.get(sessionId);
      return found ? { sessionId, position: index + 1, waiting: waiting.size, priority: found.priority } : null;
    },

    lengths() {
      const of = (priority: Priority) => [...waiting.values()].filter((one) => one.priority === priority).length;
      return { high: of('high'), normal: of('normal'), low: of('low'), total: waiting.size };
    },

    ofPriority: (priority: Priority) => order().filter((one) => one.priority === priority),
  };
}
export type QueueModel = ReturnType<typeof queueModel>;
