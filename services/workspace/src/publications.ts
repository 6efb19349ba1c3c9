import { channels, type Revocation } from '@baton/contracts';
import type { Bus } from '@baton/runtime';

/** Publishes what was committed. It may be lost: gateways ask `revokedSince` besides. */
export function createPublications({ bus }: { bus: Pick<Bus, 'publish'> }) {
  return {
    revoked(revocation: Revocation): void {
      bus.publish(channels.workspace.revoked, {}, revocation);
    },
  };
}
export type Publications = ReturnType<typeof createPublications>;
