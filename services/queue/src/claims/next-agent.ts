import type { Agent } from '@baton/contracts';

/** An agent with a socket, and how many more chats it can be given in this round. */
export interface Eligible {
  agent: Agent;
  active: number;
}

/**
 * [Q5] Who is given the next chat: whoever is least loaded for its capacity; of these, whoever has been idle for
 * longest; then the smaller id, so that instances agree. Undefined when nobody has room.
 */
export function nextAgent(eligible: readonly Eligible[]): Eligible | undefined {
  return eligible
    .filter(({ agent, active }) => active < agent.capacity)
    .sort(
      (a, b) =>
        a.active / a.agent.capacity - b.active / b.agent.capacity ||
        Date.parse(a.agent.lastActiveAt) - Date.parse(b.agent.lastActiveAt) ||
        (a.agent.id < b.agent.id ? -1 : 1),
    )[0];
}
