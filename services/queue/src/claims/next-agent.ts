import type { Agent } from '@baton/contracts';

/** A connected agent, with the number of sessions it has, counting those assigned in this run. */
export interface Candidate {
  agent: Agent;
  active: number;
}

/**
 * [Q5] Chooses the agent for the next session: the least loaded for its capacity; among equals, the one that has been
 * idle for longest; then the smaller id, so that instances agree. Undefined when no agent has capacity left.
 */
export function nextAgent(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates
    .filter(({ agent, active }) => active < agent.capacity)
    .sort(
      (a, b) =>
        a.active / a.agent.capacity - b.active / b.agent.capacity ||
        Date.parse(a.agent.lastActiveAt) - Date.parse(b.agent.lastActiveAt) ||
        (a.agent.id < b.agent.id ? -1 : 1),
    )[0];
}
