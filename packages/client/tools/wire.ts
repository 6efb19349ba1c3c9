import type {
  AckValueOf,
  ClientEventName,
  ClientEvents as ClientSchemas,
  PayloadInputOf,
  PayloadOf,
  ServerEventName,
  ServerEvents as ServerSchemas,
} from '@baton/contracts';

/** The events of the contracts as types alone: in the published types they stand for the schemas. */
export type ClientEvents = {
  [Name in ClientEventName]: {
    payload: PayloadInputOf<ClientSchemas[Name]>;
    value: AckValueOf<ClientSchemas[Name]>;
  };
};
export type ServerEvents = { [Name in ServerEventName]: { payload: PayloadOf<ServerSchemas[Name]> } };
