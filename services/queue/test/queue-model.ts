import type { Priority } from '@baton/contracts';
import type { GiveBack, Leave, Put, Reserve } from '../src/queue/changes-redis.ts';
import { inOrder, levelOf, levels, type Place } from '../src/queue/order.ts';
import type { Attending } from '../src/queue/store-redis.ts';

interface Waiting extends Place {
  epoch: number;
}

/** What the scripts do to the line, on plain arrays, without a thought for speed. */
export function lineModel(stepMs: number) {
  const waiting = new Map<string, Waiting>();
  const left = new Map<string, number>();
  const claims = new Map<string, { agentId: string; token: string }>();

  const order = () => inOrder([...waiting.values()], stepMs);
  const takeOut = (sessionId: string) => {
    claims.delete(sessionId);
    return waiting.delete(sessionId);
  };
  return {
    waiting,
    claims,
    order,

    put({ mode, waiting: { sessionId, epoch, priority, requestedAt } }: Put) {
      const known = waiting.get(sessionId);
      const start = Date.parse(requestedAt);
      const same = known?.priority === priority && known.start === start;
      if (known && known.epoch === epoch && (mode === 'keep' || same)) return 'kept';
      if (known && known.epoch > epoch) return 'kept';
      if (mode === 'correct' && (left.get(sessionId) ?? 0) >= epoch) return 'kept';
      if (known?.epoch !== epoch) claims.delete(sessionId);
      // A new wait begins with somebody there. What keeps its place by its epoch is not looked at.
      const away = known?.epoch === epoch && known.away;
      waiting.set(sessionId, { sessionId, priority, start, epoch, away });
      return known ? 'moved' : 'added';
    },

    leave({ sessionId, epoch, remember }: Leave) {
      const known = waiting.get(sessionId);
      if (remember) left.set(sessionId, Math.max(left.get(sessionId) ?? 0, epoch));
      return known !== undefined && known.epoch <= epoch && takeOut(sessionId);
    },

    reserve({ agentId, sessionId: named }: Reserve, token: string) {
      const reserved = ({ sessionId, epoch, start }: Waiting) => {
        claims.set(sessionId, { agentId, token });
        return { outcome: 'reserved', sessionId, token, epoch, startMs: start };
      };
      if (named !== undefined) {
        const claim = claims.get(named);
        const found = waiting.get(named);
        if (!found) return { outcome: 'absent' };
        return claim && claim.agentId !== agentId ? { outcome: 'held' } : reserved(found);
      }
      const free = order().find(({ sessionId }) => !claims.has(sessionId));
      if (free) return reserved(free);
      return { outcome: waiting.size > 0 ? 'held' : 'empty' };
    },

    attend({ sessionId, attending }: { sessionId: string; attending: Attending }) {
      const known = waiting.get(sessionId);
      if (known) known.away = attending === 'away';
    },

    giveBack({ sessionId, token }: GiveBack) {
      return claims.get(sessionId)?.token === token && claims.delete(sessionId);
    },

    place(sessionId: string) {
      const index = order().findIndex((one) => one.sessionId === sessionId);
      const found = waiting.get(sessionId);
      return found ? { sessionId, position: index + 1, waiting: waiting.size, priority: found.priority } : null;
    },

    lengths() {
      const of = (level: Priority) => [...waiting.values()].filter(({ priority }) => priority === level).length;
      return { high: of('high'), normal: of('normal'), low: of('low'), total: waiting.size };
    },

    ranks: (level: Priority) => order().filter(({ priority }) => levelOf(priority) === levels.indexOf(level)),
  };
}
export type LineModel = ReturnType<typeof lineModel>;
