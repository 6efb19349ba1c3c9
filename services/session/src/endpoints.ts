import type { ServiceHealth, SessionApi } from '@baton/contracts';
import type { Handlers, Log } from '@baton/runtime';
import { agentEndpoints } from './agents/endpoints.ts';
import type { SessionConfig } from './config.ts';
import type { Control } from './control/control.ts';
import { controlEndpoints } from './control/endpoints.ts';
import type { Appender } from './log/appender.ts';
import { logEndpoints } from './log/endpoints.ts';
import { noteEndpoints } from './notes/endpoints.ts';
import type { Publications } from './publications.ts';
import { ratingEndpoints } from './ratings/endpoints.ts';
import { sessionEndpoints } from './sessions/endpoints.ts';
import type { SizeLimit } from './sessions/size-limit.ts';
import { statisticsEndpoints } from './statistics/endpoints.ts';
import type { Stores } from './stores-postgres.ts';
import { turnEndpoints } from './turns/endpoints.ts';

/** Counts of waiting sessions are 32-bit integers in Postgres. */
const NO_LIMIT = 2_147_483_647;

/** What others may request of this service: `sessionApi`, feature by feature. */
export function createEndpoints(parts: {
  config: SessionConfig;
  stores: Stores;
  appender: Appender;
  control: Control;
  publications: Publications;
  sizeLimit: SizeLimit;
  health: () => Promise<ServiceHealth>;
  log: Log;
}): Handlers<SessionApi> {
  const { config } = parts;
  const waitingLimits = {
    customer: config.CUSTOMER_WAITING_CHATS || NO_LIMIT,
    address: config.ADDRESS_WAITING_CHATS || NO_LIMIT,
  };
  return {
    ...sessionEndpoints(parts),
    ...logEndpoints(parts),
    ...controlEndpoints({ ...parts, waitingLimits }),
    ...agentEndpoints({ ...parts, agentCapacity: config.AGENT_CAPACITY }),
    ...turnEndpoints(parts),
    ...noteEndpoints(parts),
    ...ratingEndpoints(parts),
    ...statisticsEndpoints(parts),
  };
}
