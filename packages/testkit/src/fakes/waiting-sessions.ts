import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Agent, type ControlEvent, channels, type Priority, type Session } from '@baton/contracts';
import { createFakeSession } from './session/session.ts';

/** The fake session service, in the words of tests of the queue: sessions that wait, and agents that are online. */
export function createWaitingSessions(options: { onChange?: (event: ControlEvent) => void } = {}) {
  /** `publishesEvents`: whether changes of control are published. `delayMs`: how late an assignment begins. */
  const faults = { publishesEvents: true, delayMs: 0 };
  const released: string[] = [];
  const fake = createFakeSession({
    publish(channel, _params, payload) {
      if (channel.subject === channels.event.control.subject && faults.publishesEvents)
        options.onChange?.(payload as ControlEvent);
    },
    async before(endpoint, request) {
      if (endpoint === 'assign' && faults.delayMs > 0) await pause(faults.delayMs);
      if (endpoint === 'releaseAgent') released.push((request as { agentId: string }).agentId);
      return undefined;
    },
  });
  const { handlers, sessions, agents, record, control } = fake;

  return {
    ...{ handlers, sessions, agents, faults },
    /** Agents that `releaseAgent` was called for. */
    released,
    /** A session that waits. */
    open(waiting: { priority?: Priority; since?: number; reason?: string; id?: string } = {}): string {
      const { priority = 'normal', since, reason = 'wants a human', id } = waiting;
      const one = fake.open(id === undefined ? {} : { id });
      const requestedAt = since === undefined ? undefined : new Date(since).toISOString();
      const wait = { reason, priority, requestedAt, brief: { summary: 'They asked for a person.' } };
      control.move(one, 'waiting', { cause: 'customer_requested', by: 'user' }, { wait });
      return one.session.id;
    },
    session: (sessionId: string): Session => record(sessionId).session,
    /** Ends a wait or a session. */
    end(sessionId: string, to: 'bot' | 'closed' = 'closed'): void {
      control.move(record(sessionId), to, {
        cause: to === 'bot' ? 'customer_cancelled' : 'customer_ended',
        by: 'user',
      });
    },
    /** Back in the queue, with another epoch. */
    waitAgain(sessionId: string, priority: Priority): void {
      control.toQueue(record(sessionId), { cause: 'agent_released', by: 'agent' }, priority);
    },
    /** An agent that is online. */
    join(patch: Partial<Agent> = {}): string {
      const at = new Date().toISOString();
      const agent: Agent = {
        ...{ id: randomUUID(), socketId: null, name: `Agent ${agents.size + 1}`, status: 'available' },
        ...{ capacity: 3, active: 0, joinedAt: at, lastActiveAt: at, ...patch },
      };
      agents.set(agent.id, agent);
      return agent.id;
    },
    agent(agentId: string): Agent {
      const agent = agents.get(agentId);
      if (!agent) throw new Error(`there is no agent ${agentId}`);
      return agent;
    },
    reset(): void {
      fake.reset();
      released.splice(0);
      Object.assign(faults, { publishesEvents: true, delayMs: 0 });
    },
    handled: fake.setHandlingTimes,
  };
}
export type WaitingSessions = ReturnType<typeof createWaitingSessions>;
