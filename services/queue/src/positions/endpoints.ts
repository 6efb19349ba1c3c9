import { accept, type QueueApi, refuse } from '@baton/contracts';
import type { Handlers } from '@baton/runtime';
import type { HeartbeatStore } from '../cluster/store-redis.ts';
import { refuseWhileRebuilding } from '../queue/refuse-while-rebuilding.ts';
import type { PositionReader } from './position-reader.ts';

export function positionEndpoints(options: {
  positions: PositionReader;
  heartbeats: HeartbeatStore;
}): Pick<Handlers<QueueApi>, 'position'> {
  return {
    async position({ sessionId }) {
      const position = await options.positions.read(sessionId);
      if (position) return accept(position);
      const { reconciledAt } = await options.heartbeats.send();
      if (reconciledAt === null) return refuseWhileRebuilding();
      return refuse('NOT_FOUND', 'This session is not waiting.', 'sessionId');
    },
  };
}
