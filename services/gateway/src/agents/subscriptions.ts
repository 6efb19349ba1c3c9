import type { AgentAssigned, AgentChanged, AgentRated, Subjects } from '@baton/contracts';
import type { Log } from '@baton/runtime';
import type { Msg, NatsConnection } from 'nats';
import { interestKnown } from '../platform/interest.ts';

/** Gateways share the hints about the waiting list: the one that gets it serves the agents of all. */
const QUEUE_GROUP = 'gateway';

interface Hearing {
  nats: NatsConnection;
  subjects: Subjects;
  log: Log;
}

/** Calls `react` when the waiting list has changed, on one of the gateways. */
export function onQueueChanged({ nats, subjects, log }: Hearing, react: () => void): () => void {
  const subscription = nats.subscribe(subjects.queueChanged, {
    queue: QUEUE_GROUP,
    callback: (error) => (error ? log.error({ err: error }, 'NATS ended a subscription') : react()),
  });
  return () => subscription.unsubscribe();
}

/** What is done about each notification of an agent. */
export interface AgentReactions {
  assigned: (hint: AgentAssigned) => void;
  changed: (hint: AgentChanged) => void;
  rated: (hint: AgentRated) => void;
}

/** Hears what is announced of one agent until it is stopped; `ready` when that reaches this gateway. */
export function followAgent(
  { nats, subjects, log }: Hearing,
  agentId: string,
  react: AgentReactions,
): { ready: Promise<void>; stop: () => void } {
  const follow = <Hint>(subject: string, take: (hint: Hint) => void) =>
    nats.subscribe(subject, {
      callback: (error: Error | null, message: Msg) => {
        if (error) return void log.error({ err: error, agentId }, 'NATS ended a subscription');
        try {
          // Trusted from here: our services build these by the contract.
          take(message.json<Hint>());
        } catch {
          log.error({ agentId, subject }, 'a hint could not be read');
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
