import { networkOf } from '../network-of.ts';
import type { Networks } from '../networks.ts';

/**
 * [S6] Places that are taken for a while, such as by connections: so many in all, and so many for each network address.
 * Who comes from a trusted network always gets one, and takes none from the others.
 */
export function createRoom(options: { places: number; perAddress: number; trusted: Networks }) {
  const byNetwork = new Map<string, number>();
  let taken = 0;

  return {
    get taken() {
      return taken;
    },
    /** Takes a place; what is returned gives it back, once however often it is called. Undefined when there is none. */
    enter(address: string): (() => void) | undefined {
      if (options.trusted(address)) return () => {};
      const network = networkOf(address);
      const ofNetwork = byNetwork.get(network) ?? 0;
      if (taken >= options.places || ofNetwork >= options.perAddress) return undefined;
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
export type Room = ReturnType<typeof createRoom>;
