import { refuse, type ServiceHealth, type SessionApi } from '@baton/contracts';
import { type Handlers, type Log, throttled } from '@baton/runtime';
import { agentHandlers } from './agents/endpoints.ts';
import type { Announcements } from './announcements.ts';
import type { Control } from './control/control.ts';
import { controlHandlers } from './control/endpoints.ts';
import type { WaitingOfSource } from './control/view.ts';
import type { Appender } from './log/appender.ts';
import { logHandlers } from './log/endpoints.ts';
import { noteHandlers } from './notes/endpoints.ts';
import { OutcomeUnknown } from './platform/database-errors.ts';
import type { Database } from './platform/database-postgres.ts';
import { ratingHandlers } from './ratings/endpoints.ts';
import { sessionHandlers } from './sessions/endpoints.ts';
import type { SizeLimit } from './sessions/size-limit.ts';
import { figureHandlers } from './statistics/endpoints.ts';
import { turnHandlers } from './turns/endpoints.ts';

/** What others may ask of this service: `sessionApi`, family by family. */
export function sessionEndpoints(parts: {
  database: Database;
  appender: Appender;
  control: Control;
  announcements: Announcements;
  sizeLimit: SizeLimit;
  health: () => Promise<ServiceHealth>;
  agentCapacity: number;
  mostWaiting: WaitingOfSource;
  log: Log;
}): Handlers<SessionApi> {
  return honest(parts.log, {
    ...sessionHandlers(parts),
    ...logHandlers(parts),
    ...controlHandlers(parts),
    ...agentHandlers({ ...parts, capacity: parts.agentCapacity }),
    ...turnHandlers(parts),
    ...noteHandlers(parts),
    ...ratingHandlers(parts),
    ...figureHandlers(parts),
  });
}

/**
 * When the connection to Postgres broke in the middle of something, it may have been done. That is TIMEOUT to the
 * caller, who may repeat with the same ids; not UNAVAILABLE, which promises that nothing was done.
 */
function honest(log: Log, handlers: Handlers<SessionApi>): Handlers<SessionApi> {
  const wrapped = Object.entries(handlers).map(([key, handle]) => {
    const answer = async (request: never) => {
      try {
        return await handle(request);
      } catch (error) {
        if (!(error instanceof OutcomeUnknown)) throw error;
        throttled(log).error(key, { err: error, endpoint: key }, 'the connection to Postgres broke during a request');
        return refuse('TIMEOUT', 'The database went away while it was at work; it may or may not be done.');
      }
    };
    return [key, answer];
  });
  // The same keys, each with its own handler's type: TIMEOUT is among the replies of all of them.
  return Object.fromEntries(wrapped) as Handlers<SessionApi>;
}
