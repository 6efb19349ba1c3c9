import type { AckOf, ClientEventName, ClientEvents, PayloadInputOf, PayloadOf, ServerEvents } from '@baton/contracts';

/** An event from the server with its payload, by name. */
export type Incoming = {
  [Name in keyof ServerEvents]: { event: Name; payload: PayloadOf<ServerEvents[Name]> };
}[keyof ServerEvents];

export interface TransportListener {
  /** A new connection: the server knows nothing of an older one. */
  up(): void;
  /**
   * The connection is gone. The transport makes another by itself, unless the server `dismissed` it: then it stays
   * down until `open` is called again.
   */
  down(dismissed: boolean): void;
  received(incoming: Incoming): void;
}

/** One connection to a gateway, made anew whenever it breaks. */
export interface Transport {
  open(listener: TransportListener): void;
  /**
   * Sends and waits for the acknowledgement. Always settles: with UNAVAILABLE when there is no connection, so that
   * nothing was sent, and with TIMEOUT when the answer did not come in time or the connection broke before it.
   */
  request<Name extends ClientEventName>(
    event: Name,
    payload: PayloadInputOf<ClientEvents[Name]>,
    timeoutMs: number,
  ): Promise<AckOf<ClientEvents[Name]>>;
  close(): void;
}
