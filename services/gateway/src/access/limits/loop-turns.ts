/**
 * [S6] At most `most` pieces of work with one key in one turn of the event loop, so that everything else gets its turn
 * between them. The rest waits in order for later turns.
 */
export function createLoopTurns(most: number) {
  const keys = new Map<string, { taken: number; waiting: (() => void)[] }>();

  const nextTurn = () => {
    for (const [key, one] of keys) {
      const due = one.waiting.splice(0, most);
      one.taken = due.length;
      if (due.length === 0) keys.delete(key);
      for (const begin of due) begin();
    }
    if (keys.size > 0) setImmediate(nextTurn);
  };

  return {
    /** Resolves in the turn in which the work may be done; undefined when that is this one. */
    begin(key: string): Promise<void> | undefined {
      const one = keys.get(key) ?? { taken: 0, waiting: [] };
      if (keys.size === 0) setImmediate(nextTurn);
      keys.set(key, one);
      if (one.taken < most) {
        one.taken++;
        return undefined;
      }
      return new Promise((resolve) => one.waiting.push(resolve));
    },
  };
}
