import { accept, type QueueApi } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { PresenceStore } from './store-redis.ts';

export function presenceEndpoints(presence: PresenceStore): Pick<Handlers<QueueApi>, 'presence'> {
  return {
    async presence({ present, gone }) {
      return accept({ present: await presence.report(present, gone) });
    },
  };
}
