import type { AgentHabits } from '../clients/agent.ts';
import type { CustomerHabits } from '../clients/customer.ts';
import type { Planned } from '../faults/schedule.ts';

/** A place in the product where a mistake is put in, in memory only: see `hook.mjs`. */
export interface Patch {
  file: string;
  find: string;
  replace: string;
}

/** A mistake that is known to be made, and a run that shows it. */
export interface SeededBug {
  name: string;
  /** Any of these must be found broken. */
  breaks: readonly string[];
  patches: readonly Patch[];
  faults?: readonly Planned[];
  seconds?: number;
  customers?: number;
  agents?: number;
  capacity?: number;
  /** Mean time between two actions of a client, in ms. */
  paceMs?: number;
  autoAssign?: boolean;
  /** Settings of the services. */
  env?: Readonly<Record<string, string>>;
  habits?: { customer?: Partial<CustomerHabits>; agent?: Partial<AgentHabits> };
}

export const fault = (kind: string, target: string, at: number, holdMs: number): Planned => ({
  kind,
  target,
  at,
  holdMs,
});

/** The same fault again and again. */
export const faultEvery = (ms: number, kind: string, target: string, holdMs: number, forMs = 6_000): Planned[] =>
  Array.from({ length: Math.floor(forMs / ms) }, (_, index) => fault(kind, target, (index + 1) * ms, holdMs));

/** Customers who all want a human, and stay. */
export const manyWait = { askForHuman: 40, end: 0.1, cancel: 0.1 };
