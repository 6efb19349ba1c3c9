/** Counts what is in progress for each owner, such as the events of a connection. */
export function createInProgress<Owner>() {
  const counts = new Map<Owner, number>();
  const waiting = new Map<Owner, (() => void)[]>();

  return {
    begin(owner: Owner): void {
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    },
    /** Once for each beginning. */
    end(owner: Owner): void {
      const left = (counts.get(owner) ?? 0) - 1;
      if (left > 0) return void counts.set(owner, left);
      counts.delete(owner);
      for (const resolve of waiting.get(owner) ?? []) resolve();
      waiting.delete(owner);
    },
    /** Resolves when nothing of this owner is in progress. */
    settled(owner: Owner): Promise<void> {
      if (!counts.has(owner)) return Promise.resolve();
      return new Promise((resolve) => waiting.set(owner, [...(waiting.get(owner) ?? []), resolve]));
    },
  };
}
