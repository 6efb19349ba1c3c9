/**
 * [S6] Limits the work in progress of each network: `capacity` at once, and the rest in order, so that a burst from one
 * network delays nobody else. Nothing is refused here; the limits on events bound what can wait.
 */
export function createInFlight(capacity: number) {
  const networks = new Map<string, { used: number; waiting: { cost: number; begin: () => void }[] }>();

  return {
    /** Acquires capacity: at once (undefined), or after the work queued before it. `end` releases it. */
    begin(network: string, cost: number): Promise<void> | undefined {
      let one = networks.get(network);
      if (one === undefined) {
        one = { used: 0, waiting: [] };
        networks.set(network, one);
      }
      const { waiting } = one;
      // Work that costs more than the whole capacity runs alone.
      if (waiting.length === 0 && (one.used === 0 || one.used + cost <= capacity)) {
        one.used += cost;
        return undefined;
      }
      return new Promise((resolve) => waiting.push({ cost, begin: resolve }));
    },
    end(network: string, cost: number): void {
      const one = networks.get(network);
      if (one === undefined) return;
      one.used -= cost;
      for (let next = one.waiting[0]; next !== undefined; next = one.waiting[0]) {
        if (one.used > 0 && one.used + next.cost > capacity) return;
        one.waiting.shift();
        one.used += next.cost;
        next.begin();
      }
      if (one.used === 0) networks.delete(network);
    },
    get size() {
      return networks.size;
    },
  };
}
