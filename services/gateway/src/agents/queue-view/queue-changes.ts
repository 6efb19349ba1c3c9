import type { QueuedSession, WaitingChanges, WaitingView } from '@baton/contracts';

/**
 * Turns each list that the agents of this gateway are shown into what it changes of the list before: the order, and the
 * sessions that are new or have changed. What an agent may have otherwise is sent again, so that none keeps an old one.
 */
export function createQueueChanges() {
  /** What all of them have: sessions by id, as they were sent. */
  let known = new Map<string, string>();
  let latest: { sessions: readonly QueuedSession[]; contents: Map<string, string> } | undefined;
  /** Many agents are shown one list. */
  const contentsOf = (sessions: readonly QueuedSession[]) => {
    if (latest?.sessions !== sessions)
      latest = { sessions, contents: new Map(sessions.map((one) => [one.id, contentOf(one)])) };
    return latest.contents;
  };

  return {
    /**
     * undefined when agents need the whole list: every session has changed, or positions have gaps, so that the order
     * does not tell them.
     */
    next({ sessions, ...rest }: WaitingView): WaitingChanges | undefined {
      const contents = contentsOf(sessions);
      const changed = sessions.filter(({ id }) => known.get(id) !== contents.get(id));
      known = new Map(contents);
      if (changed.length === sessions.length) return undefined;
      if (sessions.some(({ queueInfo }, index) => queueInfo.position !== index + 1)) return undefined;
      return { ...rest, order: sessions.map(({ id }) => id), sessions: changed };
    },
    /** One agent was shown this list, which may be older or newer than the last one that all were shown. */
    shownToOne({ sessions }: Pick<WaitingView, 'sessions'>): void {
      const contents = contentsOf(sessions);
      for (const [id, content] of known) if (contents.get(id) !== content) known.delete(id);
    },
  };
}

/** All but the position, which every change ahead changes. */
const contentOf = (one: QueuedSession): string =>
  JSON.stringify({ ...one, queueInfo: { ...one.queueInfo, position: 0 } });
