import type { AgentAssigned, AgentChanged, AgentRated, Subjects } from '@baton/contracts';
import type { Log } from '@baton/runtime';
import type { Msg, NatsConnection } from 'nats';
import { interestKnown } from '../platform/interest.ts';

/** Gateways share the notifications about the queue: the one that receives it serves the agents of all. */
const QUEUE_GROUP = 'gateway';

interface Bus {
  nats: NatsConnection;
  subjects: Subjects;
  log: Log;
}

/** Calls `react` when the queue has changed, on one of the gateways. */
export function onQueueChanged({ nats, subjects, log }: Bus, react: () => void): () => void {
  const subscription = nats.subscribe(subjects.queueChanged, {
    queue: QUEUE_GROUP,
    callback: (error) => (error ? log.error({ err: error }, 'NATS ended a subscription') : react()),
  });
  return () => subscription.unsubscribe();
}

/** What is done about each notification of an agent. */
export interface AgentReactions {
  assigned: (assigned: AgentAssigned) => void;
  changed: (changed: AgentChanged) => void;
  rated: (rated: AgentRated) => void;
}

/** Subscribes to the notifications of one agent. `ready` resolves when NATS routes them to this gateway. */
export function subscribeToAgent(
  { nats, subjects, log }: Bus,
  agentId: string,
  react: AgentReactions,
): { ready: Promise<void>; stop: () => void } {
  const follow = <Payload>(subject: string, take: (payload: Payload) => void) =>
    nats.subscribe(subject, {
      callback: (error: Error | null, message: Msg) => {
        if (error) return void log.error({ err: error, agentId }, 'NATS ended a subscription');
        try {
          // Our own services build these by the contract.
          take(message.json<Payload>());
        } catch {
          log.error({ agentId, subject }, 'a notification could not be read');
        }
      },
    });
  const subscriptions = [
    follow(subjects.agent(agentId, 'assigned'), react.assigned),
    follow(subjects.agent(agentId, 'changed'), react.changed),
    follow(subjects.agent(agentId, 'rated'), react.rated),
  ];
  return {
    ready: interestKnown(nats),
    stop: () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}
