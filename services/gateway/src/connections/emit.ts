import type { PayloadOf, ServerEventName, ServerEvents } from '@baton/contracts';

/** Sends one event of the contract to the socket or sockets behind it. */
export type Emit = <Name extends ServerEventName>(event: Name, payload: PayloadOf<ServerEvents[Name]>) => void;

/** To the agents of this gateway: those that apply `queue:changes`, or those that need whole lists. */
export type TellAgents = (apply: 'changes' | 'lists') => Emit;
