import { AsyncLocalStorage } from 'node:async_hooks';
import { inSpan, type Log } from '@baton/runtime';
import type { TurnReport } from './turn.ts';

/** The turns of this process: one at a time for a session, so many at once, none any more when it stops. */
export interface Turns {
  /** Sees to it that the session is looked at. False when a turn of it runs or waits here: it looks again by itself. */
  start(sessionId: string): boolean;
  readonly underWay: number;
  readonly draining: boolean;
  /** Takes no more, lets those under way finish for `graceMs`, then calls them off and gives their sessions back. */
  drain(graceMs: number): Promise<void>;
}

interface Running {
  /** Set when something was announced that the turn under way may have missed; keeps the trace of the announcement. */
  again: (<T>(turn: () => T) => T) | undefined;
  done: Promise<void>;
}

export function createTurns(options: {
  max: number;
  run: (sessionId: string, draining: AbortSignal) => Promise<TurnReport>;
  /** Told of sessions that this process still owed something when it stopped. */
  handBack: (sessionId: string) => void;
  log: Log;
}): Turns {
  const { run, log } = options;
  const running = new Map<string, Running>();
  /** With the trace that each was asked for in. */
  const waiting = new Map<string, NonNullable<Running['again']>>();
  const callOff = new AbortController();
  let draining = false;

  const begin = (sessionId: string) => {
    const entry: Running = { again: undefined, done: Promise.resolve() };
    running.set(sessionId, entry);
    entry.done = work(sessionId, entry).finally(() => {
      running.delete(sessionId);
      const [next] = waiting;
      if (next === undefined || draining || running.size >= options.max) return;
      const [nextId, inItsTrace] = next;
      waiting.delete(nextId);
      inItsTrace(() => begin(nextId));
    });
  };

  const work = async (sessionId: string, entry: Running) => {
    for (;;) {
      const inItsTrace = entry.again ?? ((turn) => turn());
      entry.again = undefined;
      let report: TurnReport;
      try {
        report = await inItsTrace(() => inSpan('turn', 'consumer', () => run(sessionId, callOff.signal)));
      } catch (error) {
        log.error({ err: error, sessionId }, 'a turn failed; the comparing loop brings it back');
        return;
      }
      const progressed = report.outcome === 'answered' || report.outcome === 'greeted';
      // What was dropped or failed is not repeated at once: the comparing loop comes by, in seconds.
      if (draining) return report.owed ? options.handBack(sessionId) : undefined;
      if (!(progressed && report.owed) && entry.again === undefined) return;
    }
  };

  return {
    start(sessionId) {
      if (draining) return false;
      const present = running.get(sessionId);
      if (present !== undefined) {
        present.again = AsyncLocalStorage.snapshot();
        return false;
      }
      if (running.size < options.max) {
        begin(sessionId);
        return true;
      }
      // They hold no lease while they wait here: another process may be faster.
      const isNew = !waiting.has(sessionId);
      waiting.set(sessionId, AsyncLocalStorage.snapshot());
      return isNew;
    },
    get underWay() {
      return running.size;
    },
    get draining() {
      return draining;
    },
    async drain(graceMs) {
      draining = true;
      for (const sessionId of waiting.keys()) options.handBack(sessionId);
      waiting.clear();
      const all = () => Promise.allSettled([...running.values()].map(({ done }) => done));
      const timer = setTimeout(() => {
        log.warn({ turns: running.size }, 'turns under way are called off');
        callOff.abort();
      }, graceMs);
      await all();
      clearTimeout(timer);
    },
  };
}
