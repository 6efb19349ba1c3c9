import { catalogue } from '../catalogue.ts';
import type { EndpointName } from '../permissions.ts';
import type { Channel } from '../wire/channel.ts';

type Groups = typeof catalogue.channels;
export type ChannelGroup = keyof Groups & string;
/** `live.entry`. */
export type ChannelName = { [Group in ChannelGroup]: `${Group}.${keyof Groups[Group] & string}` }[ChannelGroup];

/** What a service does on NATS, besides offering the endpoints of the contract that has its name. */
export interface ServiceAccess {
  /** Endpoints that it requests. */
  requests: readonly EndpointName[];
  /** Channels that it publishes on, and those of delivery `request` that it asks on. */
  publishes: readonly ChannelName[];
  subscribes: readonly ChannelName[];
  /** Groups of channels that it subscribes to as one, so that their order is kept. */
  subscribesToAll: readonly ChannelGroup[];
  /** Its durable consumers of events, by name. */
  consumes: Readonly<Record<string, ChannelName>>;
  /**
   * Whether it creates the stream of events and every consumer. One service does, the one that publishes the events:
   * who may create a stream or a consumer can have NATS read and publish any subject.
   */
  keepsEvents: boolean;
  /** Whether it finds tool services, and requests their endpoints. */
  callsTools: boolean;
}

export const serviceNames = ['session', 'queue', 'ai', 'gateway', 'workspace'] as const;
export type ServiceName = (typeof serviceNames)[number];

const nothing: ServiceAccess = {
  requests: [],
  publishes: [],
  subscribes: [],
  subscribesToAll: [],
  consumes: {},
  keepsEvents: false,
  callsTools: false,
};

/**
 * Who may request, publish and subscribe to what. The users of NATS are generated from it, the bus of each service
 * refuses anything else, and a test compares it with the services' source. [S4]
 */
export const serviceAccess: Readonly<Record<ServiceName, ServiceAccess>> = {
  session: {
    ...nothing,
    requests: ['gateway.connections'],
    publishes: [
      'agent.assigned',
      'agent.changed',
      'agent.rated',
      'bot.asked',
      'event.control',
      'live.attendance',
      'live.entry',
      'live.note',
    ],
    keepsEvents: true,
  },
  queue: {
    ...nothing,
    requests: [
      'gateway.connections',
      'session.assign',
      'session.cancelTransfer',
      'session.clearWaiting',
      'session.get',
      'session.handlingTimes',
      'session.listAgentSessions',
      'session.listAgents',
      'session.listWaiting',
      'session.releaseAgent',
      'session.transfer',
    ],
    publishes: ['live.attendance', 'live.position', 'queue.changed'],
    subscribes: ['agent.changed', 'queue.changed'],
    consumes: { 'queue-control': 'event.control' },
  },
  ai: {
    ...nothing,
    requests: [
      'ai.poke',
      'session.append',
      'session.beginTurn',
      'session.endTurn',
      'session.get',
      'session.listUnanswered',
      'session.takeModelCall',
      'session.transfer',
    ],
    publishes: ['live.draft', 'live.typing'],
    subscribes: ['bot.asked', 'live.entry'],
    consumes: { 'ai-control': 'event.control' },
    callsTools: true,
  },
  gateway: {
    ...nothing,
    requests: [
      'ai.health',
      'queue.add',
      'queue.claim',
      'queue.clear',
      'queue.debug',
      'queue.health',
      'queue.list',
      'queue.position',
      'queue.presence',
      'session.addNote',
      'session.append',
      'session.appendMany',
      'session.cancelTransfer',
      'session.close',
      'session.create',
      'session.createAgent',
      'session.get',
      'session.getAgent',
      'session.getMany',
      'session.getWithEntries',
      'session.heads',
      'session.health',
      'session.identify',
      'session.listAgentSessions',
      'session.listAgents',
      'session.listAssignments',
      'session.listCustomerSessions',
      'session.listEndedSessions',
      'session.listEntries',
      'session.listWaiting',
      'session.rate',
      'session.release',
      'session.stats',
      'session.transfer',
      'session.updateAgent',
    ],
    publishes: ['live.attendance', 'live.presence', 'live.seen', 'live.typing'],
    subscribes: ['queue.changed'],
    subscribesToAll: ['agent', 'live'],
  },
  /** Accounts and settings: on no message's way. */
  workspace: { ...nothing, publishes: ['workspace.revoked'] },
};

/** Durable consumers of all services, by name. */
export const eventConsumers: Readonly<Record<string, ChannelName>> = Object.assign(
  {},
  ...serviceNames.map((name) => serviceAccess[name].consumes),
);

/** The channel of this name. */
export function channelNamed(name: ChannelName): Channel {
  const [group = '', kind = ''] = name.split('.');
  const groups: Record<string, Record<string, Channel>> = catalogue.channels;
  const found = groups[group]?.[kind];
  if (found === undefined) throw new RangeError(`there is no channel ${name}`);
  return found;
}
