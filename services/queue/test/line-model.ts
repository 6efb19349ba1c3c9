import type { Priority, WaitingSession } from '@baton/contracts';
import { compareOrder, levelOf, levels, type Place } from '../src/order.ts';

interface Waiting extends Place {
  epoch: number;
}

/** What the scripts do to the line, on plain arrays, without a thought for speed. */
export function lineModel(stepMs: number) {
  const waiting = new Map<string, Waiting>();
  const left = new Map<string, number>();
  const claims = new Map<string, { agentId: string; token: string }>();

  const order = () => [...waiting.values()].sort((a, b) => compareOrder(a, b, stepMs));
  const takeOut = (sessionId: string) => {
    claims.delete(sessionId);
    return waiting.delete(sessionId);
  };
  const hasLeft = (sessionId: string, epoch: number) => left.set(sessionId, Math.max(left.get(sessionId) ?? 0, epoch));
  const removeUpTo = (sessionId: string, epoch: number) => {
    const known = waiting.get(sessionId);
    return known !== undefined && known.epoch <= epoch && takeOut(sessionId);
  };

  return {
    waiting,
    claims,
    order,

    put(mode: 'keep' | 'correct', sessions: readonly WaitingSession[]) {
      const result = { added: 0, moved: 0 };
      for (const { sessionId, epoch, priority, requestedAt } of sessions) {
        const known = waiting.get(sessionId);
        const start = Date.parse(requestedAt);
        const same = known?.priority === priority && known.start === start;
        if (known && known.epoch === epoch && (mode === 'keep' || same)) continue;
        if (known && known.epoch > epoch) continue;
        if (mode === 'correct' && (left.get(sessionId) ?? 0) >= epoch) continue;
        if (known?.epoch !== epoch) claims.delete(sessionId);
        waiting.set(sessionId, { sessionId, priority, start, epoch });
        result[known ? 'moved' : 'added']++;
      }
      return result;
    },

    remove(sessions: readonly { sessionId: string; epoch: number }[], remember: boolean) {
      let removed = 0;
      for (const { sessionId, epoch } of sessions) {
        if (removeUpTo(sessionId, epoch)) removed++;
        if (remember) hasLeft(sessionId, epoch);
      }
      return removed;
    },

    reserve(agentId: string, token: string, named?: string) {
      if (named !== undefined) {
        const claim = claims.get(named);
        const found = waiting.get(named);
        if (!found) return { outcome: 'absent' };
        if (claim && claim.agentId !== agentId) return { outcome: 'held' };
        claims.set(named, { agentId, token });
        return { outcome: 'reserved', sessionId: named, token, epoch: found.epoch, startMs: found.start };
      }
      const free = order().find(({ sessionId }) => !claims.has(sessionId));
      if (!free) return { outcome: waiting.size > 0 ? 'held' : 'empty' };
      claims.set(free.sessionId, { agentId, token });
      return { outcome: 'reserved', sessionId: free.sessionId, token, epoch: free.epoch, startMs: free.start };
    },

    leave(sessionId: string, epoch: number) {
      removeUpTo(sessionId, epoch);
      hasLeft(sessionId, epoch);
    },

    giveBack(sessionId: string, token: string) {
      if (claims.get(sessionId)?.token === token) claims.delete(sessionId);
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
