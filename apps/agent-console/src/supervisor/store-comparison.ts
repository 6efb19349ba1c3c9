import type { QueueDebug } from '@baton/client';

/** One waiting chat as the two stores have it. */
interface Stored {
  sessionId: string;
  /**
   * In which list of Redis, by its name without the prefix; null when in none, '' when not among those shown by list.
   */
  list: string | null;
  inPostgres: boolean;
  requestedAt: string;
}

interface Agreement {
  /** What differs first, then the first of the queue in order. */
  rows: Stored[];
  /** Chats that are in only one of the two; null when they could not be compared. */
  apart: number | null;
  /** More wait than are shown. */
  more: number;
}

/**
 * The waiting chats of Redis beside those of Postgres. The whole queue is compared by the server, however long it is.
 */
export function compareStores({ queue }: QueueDebug): Agreement {
  const { comparison = null } = queue;
  const onlyInRedis = new Set(comparison?.onlyInRedis.map(({ sessionId }) => sessionId));
  const byUrgency = (name: string) => ['high', 'normal', 'low'].findIndex((one) => name.includes(one));
  const lists = Object.entries(queue.queues).sort(([a], [b]) => byUrgency(a) - byUrgency(b));
  const shown = lists.flatMap(([key, members]) =>
    members.map(
      ({ sessionId, requestedAt }): Stored => ({
        sessionId,
        list: key.replace(queue.prefix, ''),
        inPostgres: !onlyInRedis.has(sessionId),
        requestedAt,
      }),
    ),
  );
  const known = new Set(shown.map(({ sessionId }) => sessionId));
  const rows = [
    ...(comparison?.onlyInRecord ?? []).map((one): Stored => ({ ...one, list: null, inPostgres: true })),
    ...(comparison?.onlyInRedis ?? [])
      .filter(({ sessionId }) => !known.has(sessionId))
      .map((one): Stored => ({ ...one, list: '', inPostgres: false })),
    ...shown.filter(({ inPostgres }) => !inPostgres),
    ...shown.filter(({ inPostgres }) => inPostgres),
  ];
  return { rows, apart: comparison?.apart ?? null, more: Math.max(0, queue.lengths.total - shown.length) };
}
