/**
 * [S6] Work that is under way, by network address: so much of one address at once, and the rest of it in order, so that a
 * burst of one stands in nobody else's way. Nothing is refused here; how much may wait is limited by what may be sent.
 */
export function createInFlight(capacity: number) {
  const networks = new Map<string, { used: number; waiting: { cost: number; begin: () => void }[] }>();

  return {
    /** Takes room for work of this cost: at once (undefined), or when what came before it has ended. `end` gives it back. */
    begin(network: string, cost: number): Promise<void> | undefined {
      let one = networks.get(network);
      if (one === undefined) {
        one = { used: 0, waiting: [] };
        networks.set(network, one);
      }
      const { waiting } = one;
      // What costs more than there is room for is done by itself.
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
