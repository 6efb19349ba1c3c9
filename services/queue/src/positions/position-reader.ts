import type { Position, SessionApi } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import type { Assignments } from '../assignments/store-redis.ts';
import type { QueueStore } from '../queue/store-redis.ts';
import { createAgentsOnline } from './agents-online.ts';
import { estimateWait } from './estimate.ts';
import { createEstimateInputs } from './estimate-inputs.ts';

/** Positions with their estimates, and what estimates are computed from. */
export function createPositionReader(options: {
  queue: QueueStore;
  assignments: Assignments;
  session: Pick<Caller<SessionApi>, 'handlingTimes' | 'listAgents'>;
}) {
  const { queue, assignments, session } = options;
  const estimateInputs = createEstimateInputs(session, assignments);
  const agentsOnline = createAgentsOnline(session);

  return {
    estimateInputs,
    agentsOnline,
    /** null when the session is not queued. @throws Unavailable when Redis is unavailable. */
    async read(sessionId: string): Promise<Position | null> {
      const found = await queue.position(sessionId);
      if (found === null) return null;
      const [inputs, online] = await Promise.all([estimateInputs.get(), agentsOnline.now()]);
      return { ...found, estimate: estimateWait(found.position, inputs), ...(online !== undefined && { online }) };
    },
  };
}
export type PositionReader = ReturnType<typeof createPositionReader>;
