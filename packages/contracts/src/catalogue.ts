import {
  agentAssigned,
  agentChanged,
  agentRated,
  asked,
  attendance,
  controlEvent,
  customerPresence,
  draft,
  liveEntries,
  liveNote,
  livePosition,
  queueChanged,
  seen,
  typing,
} from './announcements.ts';
import { info, publicHealth, systemHealth } from './health.ts';
import { aiApi } from './services/ai.ts';
import { gatewayApi } from './services/gateway.ts';
import { queueApi } from './services/queue.ts';
import { sessionApi } from './services/session.ts';
import { clientEvents } from './sockets/client-events.ts';
import { serverEvents } from './sockets/server-events.ts';

/** Everything that crosses a wire, for documents, frozen snapshots and conformance checks. */
export const catalogue = {
  services: [sessionApi, queueApi, aiApi, gatewayApi],
  /** JetStream, under `<root>.event.<session>.` */
  events: {
    control: { summary: 'Control has changed.', payload: controlEvent },
  },
  /** Plain NATS, under `<root>.live.<session>.` */
  live: {
    entry: { summary: 'New entries of the log, whole.', payload: liveEntries },
    draft: { summary: "The bot's growing answer.", payload: draft },
    typing: { summary: 'Somebody started or stopped typing.', payload: typing },
    seen: { summary: 'One side has read the log up to this entry.', payload: seen },
    position: { summary: 'Place in the queue and estimate.', payload: livePosition },
    note: { summary: 'A note for agents.', payload: liveNote },
    attendance: { summary: 'A request: is the customer on a socket of yours?', payload: attendance },
    presence: {
      summary: 'A gateway has got the first socket of the customer, or has lost the last one.',
      payload: customerPresence,
    },
  },
  /** Plain NATS, under `<root>.` */
  hints: {
    'queue.changed': { summary: 'The waiting list has changed; coalesced.', payload: queueChanged },
    'bot.<session>.asked': { summary: 'The customer wrote while the bot has control.', payload: asked },
    'agent.<agent>.assigned': { summary: 'A session was put in the hands of an agent.', payload: agentAssigned },
    'agent.<agent>.changed': { summary: "An agent's record has changed.", payload: agentChanged },
    'agent.<agent>.rated': { summary: "A customer has rated a session of an agent's.", payload: agentRated },
  },
  clientEvents,
  serverEvents,
  http: {
    'GET /health': {
      summary: 'Health of every part; 503 when nobody can chat. On `HEALTH_PORT`, and in development on `PORT` too.',
      payload: systemHealth,
    },
    'GET /health on PORT, in production': {
      summary: 'Whether people can chat; 503 when nobody can.',
      payload: publicHealth,
    },
    'GET /api/info': { summary: 'What runs here.', payload: info },
  },
} as const;
