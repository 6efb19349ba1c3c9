import type { AgentPerson } from '../clients/agent.ts';
import type { Person } from '../clients/customer.ts';
import type { World } from '../world/world.ts';
import type { Random } from './random.ts';

/** What faults are done to. */
export interface Scene {
  world: World;
  customers: readonly Person[];
  agents: readonly AgentPerson[];
}

/** Ends the fault. */
export type Heal = () => Promise<void>;
export interface FaultKind {
  targets: readonly string[];
  /** Of what it touches, so that two faults at once do not undo each other. */
  parts: (target: string) => string[];
  /** How long it lasts, in ms. */
  holdMs: readonly [number, number];
  /** Once in a run at most, and not in a short one. */
  seldom?: true;
  inject: (scene: Scene, target: string, random: Random) => Promise<Heal>;
}
