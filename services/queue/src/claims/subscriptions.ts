import { channels } from '@baton/contracts';
import type { Bus } from '@baton/runtime';

/**
 * Calls back when auto-assignment may have something to do. Notifications only: the queue's are coalesced, an agent's
 * come when it has capacity again or is back.
 */
export function subscribeToChanges({ bus, onChange }: { bus: Pick<Bus, 'subscribe'>; onChange: () => void }) {
  const subscriptions = [
    bus.subscribe(channels.queue.changed, {}, onChange),
    bus.subscribe(channels.agent.changed, {}, onChange),
  ];
  return {
    async stop(): Promise<void> {
      await Promise.all(subscriptions.map((subscription) => subscription.leave()));
    },
  };
}
