import { networkOf } from '../limited-network.ts';
import type { Networks } from '../network-list.ts';

/**
 * [S6] A semaphore for connections: so many slots in all, and so many for each network. Trusted networks are not
 * counted.
 */
export function createConnectionSlots(options: { slots: number; perAddress: number; trusted: Networks }) {
  const byNetwork = new Map<string, number>();
  let taken = 0;

  return {
    get taken() {
      return taken;
    },
    /** Takes a slot and returns its release, which may be called twice. Undefined when no slot is free. */
    take(address: string): (() => void) | undefined {
      if (options.trusted(address)) return () => {};
      const network = networkOf(address);
      const ofNetwork = byNetwork.get(network) ?? 0;
      if (taken >= options.slots || ofNetwork >= options.perAddress) return undefined;
      taken++;
      byNetwork.set(network, ofNetwork + 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        taken--;
        const remaining = (byNetwork.get(network) ?? 1) - 1;
        if (remaining === 0) byNetwork.delete(network);
        else byNetwork.set(network, remaining);
      };
    },
  };
}
export type ConnectionSlots = ReturnType<typeof createConnectionSlots>;
