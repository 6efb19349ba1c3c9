import type { PayloadOf, ServerEventName, ServerEvents } from '@baton/contracts';

/** Sends an event of the contract to whoever it stands for. */
export type Emit = <Name extends ServerEventName>(event: Name, payload: PayloadOf<ServerEvents[Name]>) => void;
