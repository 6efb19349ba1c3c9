import type { Entitlement } from '../access/keys.ts';
import type { ConnectionLimits } from '../access/limits/limits.ts';
import type { Seat } from '../delivery/feed.ts';
import type { Emit } from './emit.ts';

export interface OnDuty {
  agentId: string;
  name: string;
}

/**
 * On which side of chats a connection is: settled by what it does first, and for as long as it lasts. What it may do
 * besides, such as to supervise, is a right: see `entitled`.
 */
export type Identity =
  | { role: 'stranger' }
  | { role: 'customer' }
  /** `duty` gives undefined when coming on duty failed: then the agent may try again. */
  | { role: 'agent'; duty: Promise<OnDuty | undefined> };

/** One socket, as everything but the Socket.IO driver sees it. */
export interface Connection {
  readonly id: string;
  /** Network address of the client. */
  readonly address: string;
  /** Of what it stands on, which a client may leave and join again. */
  readonly limits: ConnectionLimits;
  /** What the keys in its handshake entitle it to. */
  readonly entitled: Entitlement;
  identity: Identity;
  /** [S1] The sessions that this socket has started, or has shown the token of: the only ones it may touch. */
  readonly chats: Map<string, Seat>;
  /** Of these the ones that are being taken up again: whether that worked. See `holds`. */
  readonly returning: Map<string, Promise<boolean>>;
  /** It has left: nothing may be registered for it any more. */
  gone: boolean;
  /** Its turn to be moved elsewhere has come: it may begin nothing more. */
  leaving: boolean;
  emit: Emit;
  /** Resolves when little of what was sent to it is still on its way, or when it is gone. */
  drained(): Promise<void>;
  /** Since the last sign of life of an agent's client, in ms, as far as it can be known. */
  quietMs(): number;
  /** The cluster-wide room of agents, who are sent the waiting list. */
  joinAgentsRoom(): void;
  leaveAgentsRoom(): void;
  /** Ends the connection for good: the client is told not to come back by itself. */
  dismiss(): void;
}
