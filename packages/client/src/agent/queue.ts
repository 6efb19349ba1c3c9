import type { QueuedSession, Reply, WaitingChanges, WaitingPage } from '@baton/contracts';
import type { Result } from '../log/types.ts';
import type { Clock } from '../platform/environment.ts';
import type { AgentQueue } from './types.ts';

/** The server tells of the first ones only. Further ones are read again after a change, at most this often. */
const RELOAD_MS = 2_000;

const nobodyWaits: AgentQueue = { sessions: [], total: 0, timestamp: null };

/**
 * Who waits: the first of them as the server tells, and as many further pages as were asked for. Places move between
 * two pages, so they are put together by id, and what is told counts more than what was read.
 */
export function createAgentQueue(options: {
  clock: Clock;
  ask: (after: number) => Promise<Reply<WaitingPage>>;
  changed: () => void;
}) {
  const { clock, ask } = options;
  let list = nobodyWaits;
  let first = nobodyWaits;
  let further: readonly QueuedSession[] = [];
  let pages = 0;
  let next: number | null = null;
  /** One read at a time; a later one begins where the earlier has ended. */
  let reading: Promise<unknown> = Promise.resolve();
  let stopReload: (() => void) | undefined;
  /** Raised when all is forgotten: what was asked for before is of no use any more. */
  let stay = 0;

  const show = () => {
    const sessions = new Map([...first.sessions, ...further].map((one) => [one.id, one]));
    for (const one of first.sessions) sessions.set(one.id, one);
    list = { ...first, sessions: [...sessions.values()].slice(0, first.total) };
    options.changed();
  };
  const oneAfterTheOther = <T>(read: () => Promise<T>): Promise<T> => {
    const turn = reading.then(read);
    reading = turn.catch(() => undefined);
    return turn;
  };
  const behindTheFirst = () => first.sessions.at(-1)?.queueInfo.position ?? first.sessions.length;

  const more = async (): Promise<Result<object>> => {
    if (list.sessions.length >= first.total) return nothing;
    const since = stay;
    const after = pages === 0 ? behindTheFirst() : next;
    if (after === null) return nothing;
    const reply = await ask(after);
    if (!reply.ok) return reply;
    if (since !== stay) return nothing;
    further = [...further, ...reply.value.sessions];
    pages += 1;
    next = reply.value.next;
    show();
    return nothing;
  };
  const reload = async (): Promise<void> => {
    const since = stay;
    const found: QueuedSession[] = [];
    let after: number | null = behindTheFirst();
    for (let page = 0; page < pages && after !== null; page++) {
      const reply = await ask(after);
      // What was read before stays; the next change leads here again.
      if (!reply.ok || since !== stay) return;
      found.push(...reply.value.sessions);
      after = reply.value.next;
    }
    further = found;
    next = after;
    show();
  };

  const told = (update: AgentQueue): void => {
    first = update;
    if (update.total <= update.sessions.length) {
      further = [];
      pages = 0;
    } else if (pages > 0) {
      stopReload ??= clock.after(RELOAD_MS, () => {
        stopReload = undefined;
        void oneAfterTheOther(reload);
      });
    }
    show();
  };
  let readingFirst = false;
  const readFirst = async (): Promise<void> => {
    const since = stay;
    const reply = await ask(0);
    readingFirst = false;
    if (!reply.ok || since !== stay) return;
    const { next: _, ...update } = reply.value;
    told(update);
  };

  return {
    get list() {
      return list;
    },
    told,
    /** The list before this one may have been lost on its way to the gateway: then some sessions are unknown here. */
    changes({ order, sessions, ...rest }: WaitingChanges): void {
      const known = new Map([...further, ...first.sessions, ...sessions].map((one) => [one.id, one]));
      const rows = order.flatMap((id, index) => {
        const one = known.get(id);
        return one === undefined ? [] : [{ ...one, queueInfo: { ...one.queueInfo, position: index + 1 } }];
      });
      told({ ...rest, sessions: rows });
      if (rows.length === order.length || readingFirst) return;
      readingFirst = true;
      void oneAfterTheOther(readFirst);
    },
    more: () => oneAfterTheOther(more),
    forget(): void {
      stay += 1;
      stopReload?.();
      stopReload = undefined;
      first = nobodyWaits;
      further = [];
      pages = 0;
      show();
    },
  };
}

const nothing: Result<object> = { ok: true, value: {} };
