import type { QueuedSession, WaitingChanges, WaitingView } from '@baton/contracts';

/**
 * Turns each list into what it changes of the list before: the order, and the sessions that are new or have changed. At
 * every moment agents may have seen a newer list from another gateway; then they are sent more than they need.
 */
export function createQueueChanges() {
  let known = new Map<string, string>();
  return {
    /** undefined when positions have gaps, so that the order does not tell them: agents need the whole list. */
    next({ sessions, ...rest }: WaitingView): WaitingChanges | undefined {
      const rows = new Map(sessions.map((one) => [one.id, contentOf(one)]));
      const changed = sessions.filter(({ id }) => known.get(id) !== rows.get(id));
      known = rows;
      if (sessions.some(({ queueInfo }, index) => queueInfo.position !== index + 1)) return undefined;
      return { ...rest, order: sessions.map(({ id }) => id), sessions: changed };
    },
  };
}

/** All but the position, which every change ahead changes. */
const contentOf = (one: QueuedSession): string =>
  JSON.stringify({ ...one, queueInfo: { ...one.queueInfo, position: 0 } });
