import type { QueueDebug } from '@baton/client';

/** One waiting chat as the two stores have it. */
export interface Stored {
  sessionId: string;
  /** In which list of Redis, by its name without the prefix; null when in none. */
  list: string | null;
  inPostgres: boolean;
  requestedAt: string;
}

/**
 * The waiting chats of Redis beside those of Postgres, in the order of the queue. `comparable` is false when only the
 * first of a long queue were sent, of which nothing can be concluded.
 */
export function compareStores({ queue, database }: QueueDebug): { rows: Stored[]; apart: number; comparable: boolean } {
  const recorded = new Map(database.waiting.map((wait) => [wait.sessionId, wait.requestedAt]));
  const rows: Stored[] = [];
  let shown = 0;
  const byUrgency = (name: string) => ['high', 'normal', 'low'].findIndex((one) => name.includes(one));
  const lists = Object.entries(queue.queues).sort(([a], [b]) => byUrgency(a) - byUrgency(b));
  for (const [key, members] of lists) {
    for (const { sessionId, requestedAt } of members) {
      shown += 1;
      rows.push({ sessionId, list: key.replace(queue.prefix, ''), inPostgres: recorded.has(sessionId), requestedAt });
      recorded.delete(sessionId);
    }
  }
  const comparable = !database.hasMore && shown >= queue.lengths.total;
  for (const [sessionId, requestedAt] of recorded) rows.push({ sessionId, list: null, inPostgres: true, requestedAt });
  const apart = comparable ? rows.filter(({ list, inPostgres }) => list === null || !inPostgres).length : 0;
  return { rows, apart, comparable };
}
