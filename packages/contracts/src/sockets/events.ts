import { fromAgents, toAgents } from './agent-events.ts';
import { toConnections } from './connection-events.ts';
import { fromCustomers, toCustomers } from './customer-events.ts';
import { fromParticipants, toParticipants } from './participant-events.ts';
import { fromSupervisors, toSupervisors } from './supervisor-events.ts';

/** What customers, agents and supervisors may send, on the default namespace. */
export const clientEvents = { ...fromCustomers, ...fromAgents, ...fromParticipants, ...fromSupervisors } as const;
export type ClientEvents = typeof clientEvents;
export type ClientEventName = keyof ClientEvents;

/** What the server sends, on the default namespace. */
export const serverEvents = {
  ...toCustomers,
  ...toParticipants,
  ...toAgents,
  ...toSupervisors,
  ...toConnections,
} as const;
export type ServerEvents = typeof serverEvents;
export type ServerEventName = keyof ServerEvents;
