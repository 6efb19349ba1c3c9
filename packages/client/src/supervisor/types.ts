import type { AckValueOf, Agent, ClientEvents, SystemHealth, SystemStats } from '@baton/contracts';
import type { Transport } from '../connection/transport.ts';
import type { ConnectionState, Problem, Result } from '../log/types.ts';
import type { Clock } from '../platform/environment.ts';

export interface SupervisorClientOptions {
  /** Where a gateway is, `https://chat.example.com` or `https://example.com/support/`; without it the origin of the page. */
  url?: string;
  /** The installation's ADMIN_KEY, when it has one. */
  key?: string;
  transport?: Transport;
  clock?: Clock;
}

/** The queue as Redis and Postgres have it. */
export type QueueDebug = AckValueOf<ClientEvents['admin:debug_queue']>;

/** The first of those who wait, as agents see them, and how many there are. */
export type WaitingView = AckValueOf<ClientEvents['admin:list_waiting']>;

/** What can be asked again and again. */
export type Polled = 'stats' | 'health' | 'agents' | 'waiting' | 'queue';

/** A snapshot of the newest answers. */
export interface SupervisorState {
  readonly connection: ConnectionState;
  readonly stats: SystemStats | null;
  readonly health: SystemHealth | null;
  readonly queue: QueueDebug | null;
  /** Who is online, and how much they hold. */
  readonly agents: readonly Agent[] | null;
  readonly waiting: WaitingView | null;
  /** Why the last question was refused; null when it was answered. */
  readonly problem: Problem | null;
}

export interface SupervisorClient {
  readonly state: SupervisorState;
  subscribe(listener: (state: SupervisorState) => void): () => void;
  stats(): Promise<Result<SystemStats>>;
  health(): Promise<Result<SystemHealth>>;
  agents(): Promise<Result<readonly Agent[]>>;
  waiting(): Promise<Result<WaitingView>>;
  debugQueue(): Promise<Result<QueueDebug>>;
  /** Gives everybody who waits back to the bot. */
  clearQueue(): Promise<Result<{ cleared: number }>>;
  /** Asks again and again, so that `state` stays fresh, until what it returns is called. Every 5 s unless told. */
  poll(what: readonly Polled[], everyMs?: number): () => void;
  /**
   * Milliseconds since 1970 by the server's clock, as far as known. Count durations from it: a device's clock may be
   * wrong by hours.
   */
  now(): number;
  close(): void;
}
