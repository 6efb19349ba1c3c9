import type { Channel } from '../wire/channel.ts';
import { channelNamed, type ServiceName, serviceAccess } from './services.ts';

/** A service does what its row of `serviceAccess` does not name. NATS would refuse it; the row or the code is wrong. */
export class NotAllowed extends Error {
  override name = 'NotAllowed';
}

/** What one service may do. The functions throw NotAllowed for anything else. */
export interface Allowed {
  publish(channel: Channel): void;
  subscribe(channel: Channel): void;
  /** Of channels that are subscribed to as one. */
  subscribeAll(channels: readonly Channel[]): void;
  consume(channel: Channel, durable: string): void;
  offer(service: string): void;
  /** `session.append`. */
  request(endpoint: string): void;
  keepEvents(): void;
  /** Whether it creates the consumers that it uses; else the service that keeps the events does. */
  readonly createsConsumers: boolean;
}

const yes = () => {};
/** For programs that are no service: tests, and tools of operators. What they may do, NATS alone decides. */
export const everything: Allowed = {
  publish: yes,
  subscribe: yes,
  subscribeAll: yes,
  consume: yes,
  offer: yes,
  request: yes,
  keepEvents: yes,
  createsConsumers: true,
};

export function allowedTo(service: ServiceName): Allowed {
  const access = serviceAccess[service];
  // By identity, as they are looked up for every message.
  const publishes = new Set(access.publishes.map(channelNamed));
  const subscribes = new Set(access.subscribes.map(channelNamed));
  const groups: ReadonlySet<string> = new Set(access.subscribesToAll);
  const requests: ReadonlySet<string> = new Set(access.requests);
  const groupOf = ({ subject }: Channel) => subject.split('.', 1)[0] ?? '';
  const demand = (fulfilled: boolean, what: string) => {
    if (!fulfilled) throw new NotAllowed(`the ${service} service may not ${what}: packages/contracts/src/access`);
  };
  return {
    publish: (channel) => demand(publishes.has(channel), `publish on ${channel.subject}`),
    subscribe: (channel) =>
      demand(subscribes.has(channel) || groups.has(groupOf(channel)), `subscribe to ${channel.subject}`),
    subscribeAll: (channels) => {
      for (const channel of channels) demand(groups.has(groupOf(channel)), `subscribe to all of ${groupOf(channel)}`);
    },
    consume: (channel, durable) => {
      const name = access.consumes[durable];
      demand(name !== undefined && channelNamed(name) === channel, `consume ${channel.subject} as ${durable}`);
    },
    offer: (name) => demand(name === service, `offer the endpoints of ${name}`),
    request: (endpoint) => demand(requests.has(endpoint), `request ${endpoint}`),
    keepEvents: () => demand(access.keepsEvents, 'create the stream of events'),
    createsConsumers: false,
  };
}
