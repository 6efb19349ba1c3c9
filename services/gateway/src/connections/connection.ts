import type { PayloadOf, ServerEventName, ServerEvents } from '@baton/contracts';
import type { Entitlement } from '../access/keys.ts';
import type { ConnectionLimits } from '../access/limits/limits.ts';
import type { CustomerProof } from '../access/verified-customers/customer-proof.ts';

/** Sends one event of the contract to the socket or sockets behind it. */
export type Emit = <Name extends ServerEventName>(event: Name, payload: PayloadOf<ServerEvents[Name]>) => void;

/** To the agents of this gateway: those that apply `queue:changes`, or those that need whole lists. */
export type TellAgents = (apply: 'changes' | 'lists') => Emit;

/** One socket that follows one session. */
export interface Subscription {
  /** Resolves when notifications of the session reach this gateway. */
  ready: Promise<void>;
  /** From now on everything after `at` is shown, in order. `lastSeq`: length of the log, read after `ready`. */
  begin(options: { at: number; lastSeq: number }): void;
  leave(): void;
}

export interface SignedInAgent {
  agentId: string;
  name: string;
}

/**
 * Which side of a session a connection is on. Its first event decides, for the life of the connection. Other rights,
 * such as a supervisor's, come from its keys: see `entitled`.
 */
export type Identity =
  | { role: 'stranger' }
  | { role: 'customer' }
  /** `agent` resolves to undefined when signing in failed; the client may try again. */
  | { role: 'agent'; agent: Promise<SignedInAgent | undefined> };

/** One socket, as everything but the Socket.IO driver sees it. */
export interface Connection {
  readonly id: string;
  /** Network address of the client. */
  readonly address: string;
  /** Belong to the transport connection: a client that leaves the namespace and joins again keeps its limits. */
  readonly limits: ConnectionLimits;
  /** What the keys in its handshake entitle it to. */
  readonly entitled: Entitlement;
  identity: Identity;
  /** Who the customer is, as far as the site has proven it. */
  readonly customer: CustomerProof;
  /** [S1] Sessions that this socket started, or whose token it presented: the only ones it may touch. */
  readonly sessions: Map<string, Subscription>;
  /** The subset that is being resumed: whether that succeeded. See `mayUse`. */
  readonly resuming: Map<string, Promise<boolean>>;
  /** The socket is closed: register nothing more for it. */
  gone: boolean;
  /** The gateway drains, and this connection's turn has come: it may start nothing new. */
  draining: boolean;
  emit: Emit;
  /** Resolves when most of what was sent has left, or when the connection is gone. */
  drained(): Promise<void>;
  /** Milliseconds since the last sign of life of the client, as far as the transport can tell. */
  quietMs(): number;
  /** The room of agents, which receives the queue: whole lists or, where the client applies them, changes. */
  joinAgentsRoom(follow: { queueChanges: boolean }): void;
  leaveAgentsRoom(): void;
  /** Closes the connection for good: the client does not reconnect by itself. */
  disconnect(): void;
}
