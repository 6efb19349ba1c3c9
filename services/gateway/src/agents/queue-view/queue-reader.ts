import { QUEUE_VIEW_SIZE, type QueueApi, type SessionApi, type WaitingPage, waitingAfter } from '@baton/contracts';
import { batchWhileBusy, type Caller, type Log } from '@baton/runtime';
import { getSessions } from '../../delivery/get-sessions.ts';
import { buildQueuePage } from './queue-page.ts';

/** Reads the queue as agents see it. undefined when it cannot be read now. */
export function createQueueReader(options: {
  queue: Pick<Caller<QueueApi>, 'list'>;
  session: Pick<Caller<SessionApi>, 'getMany'>;
  log: Log;
}) {
  const { queue, session, log } = options;

  const page = async (after: number, limit: number): Promise<WaitingPage | undefined> => {
    const list = await queue.list({ after, limit });
    if (!list.ok) return void log.warn({ code: list.code }, 'the queue cannot be read now');
    const { waiting } = list.value;
    const sessions = await getSessions(
      session,
      waiting.map(({ sessionId }) => sessionId),
    );
    if (!sessions.ok) return void log.warn({ code: sessions.code }, 'the sessions of the queue cannot be read now');
    const view = buildQueuePage(waiting, sessions.value);
    const { autoAssign, lengths } = list.value;
    // What did not fit this page starts the next.
    const next = view.at(-1)?.queueInfo.position ?? after + limit;
    const follows = next < lengths.total && waitingAfter.safeParse(next).success;
    return {
      sessions: view,
      total: lengths.total,
      ...(autoAssign !== undefined && { autoAssign }),
      timestamp: new Date().toISOString(),
      next: follows ? next : null,
    };
  };

  /** Agents who come at the same time share one read, which starts after they asked. */
  const front = batchWhileBusy<void, WaitingPage | undefined>({
    maxBatch: Number.POSITIVE_INFINITY,
    wholeTurns: true,
    async run(readers) {
      const first = await page(0, QUEUE_VIEW_SIZE);
      return readers.map(() => first);
    },
  });

  return {
    /** The sessions after position `after`; from the front of the queue by default. */
    page: (after = 0, limit = QUEUE_VIEW_SIZE): Promise<WaitingPage | undefined> =>
      after === 0 && limit === QUEUE_VIEW_SIZE ? front.add() : page(after, limit),
  };
}
export type QueueReader = ReturnType<typeof createQueueReader>;
