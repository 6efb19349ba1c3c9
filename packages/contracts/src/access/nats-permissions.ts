import { catalogue } from '../catalogue.ts';
import { subjectOf } from '../wire/channel.ts';
import { subjects } from '../wire/subjects.ts';
import { type ChannelName, channelNamed, type ServiceName, serviceAccess, serviceNames } from './services.ts';

/**
 * Users besides those of the services. `tool`: services that offer tools to the bot. `operator`: a person who runs this
 * installation; requests everything, hears everything, and can be no service. `inspector`: monitoring; sees which
 * services there are, with their statistics, and nothing of chats.
 */
const others = ['tool', 'operator', 'inspector'] as const;
export type NatsUser = ServiceName | (typeof others)[number];
export const natsUsers: readonly NatsUser[] = [...serviceNames, ...others];

/** What a user may do. A subject ends in `>` or has `*` where any token may stand. */
export interface NatsPermissions {
  publish: readonly string[];
  subscribe: readonly string[];
  /** Whether it may reply to what it is sent, each message once. */
  allowResponses: boolean;
}

/** Verbs of NATS' services protocol, which each service answers, for all services and for those of its name. */
const DISCOVERY = ['PING', 'INFO', 'STATS'];
/** Tool services live below this, after the root. */
const TOOLS = 'tool';

/** Where the replies to a user's requests arrive. Nobody else may listen there. */
export const inboxPrefixOf = (user: NatsUser): string =>
  // The prefix that NATS' own command line has unless told.
  user === 'operator' ? '_INBOX' : `_INBOX_${user}`;

/** Whether an endpoint at this subject may be a tool: none of Baton's own, nor of NATS itself. */
export function mayBeTool(root: string, subject: string): boolean {
  if (subject.startsWith(`${root}.`)) return subject.startsWith(`${root}.${TOOLS}.`);
  return /^[A-Za-z0-9]/.test(subject) && !/[*>\s]/.test(subject);
}

/**
 * The permissions of a user in the installation with this root. `*` as root covers every installation of a server, as
 * on those of the tests.
 */
export function natsPermissions(user: NatsUser, root: string): NatsPermissions {
  const inbox = `${inboxPrefixOf(user)}.>`;
  if (user === 'tool') return { publish: [], subscribe: [inbox, `${root}.${TOOLS}.>`, '$SRV.>'], allowResponses: true };
  const discovery = DISCOVERY.flatMap((verb) => [`$SRV.${verb}`, `$SRV.${verb}.>`]);
  if (user === 'inspector') return { publish: discovery, subscribe: [inbox], allowResponses: false };
  if (user === 'operator') {
    const { stream } = subjects(root);
    return {
      publish: [
        ...catalogue.services.flatMap(({ name, endpoints }) =>
          Object.keys(endpoints).map((key) => `${root}.${name}.${key}`),
        ),
        `${root}.${TOOLS}.>`,
        ...discovery,
        ...reads(stream),
      ],
      subscribe: [inbox, ...channelsFor(root)],
      allowResponses: false,
    };
  }
  return permissionsOfService(user, root);
}

function permissionsOfService(service: ServiceName, root: string): NatsPermissions {
  const access = serviceAccess[service];
  const { stream } = subjects(root);
  const at = (name: ChannelName) => subjectOf(root, channelNamed(name), {});
  const durables = Object.keys(access.consumes);
  return {
    publish: [
      ...access.requests.map((name) => `${root}.${name}`),
      ...access.publishes.map(at),
      ...(access.callsTools ? ['$SRV.INFO', `${root}.${TOOLS}.>`] : []),
      ...(access.keepsEvents ? keeps(stream) : []),
      ...durables.flatMap((durable) => [
        `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
        `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
        `$JS.ACK.${stream}.${durable}.>`,
      ]),
    ],
    subscribe: [
      `${inboxPrefixOf(service)}.>`,
      `${root}.${service}.*`,
      ...access.subscribes.map(at),
      ...access.subscribesToAll.map((group) => `${root}.${group}.*.*`),
      ...DISCOVERY.flatMap((verb) => [`$SRV.${verb}`, `$SRV.${verb}.${service}`, `$SRV.${verb}.${service}.*`]),
    ],
    allowResponses: true,
  };
}

/** All that is published. A group that has the name of a service is named channel by channel. */
function channelsFor(root: string): string[] {
  const services: readonly string[] = serviceNames;
  return Object.entries(catalogue.channels).flatMap(([group, members]) =>
    services.includes(group)
      ? Object.values(members).map((channel) => subjectOf(root, channel, {}))
      : [`${root}.${group}.>`],
  );
}

/** Creates and updates the stream of events and its consumers. */
const keeps = (stream: string) => [
  ...['INFO', 'CREATE', 'UPDATE'].map((what) => `$JS.API.STREAM.${what}.${stream}`),
  `$JS.API.CONSUMER.INFO.${stream}.*`,
  `$JS.API.CONSUMER.CREATE.${stream}.>`,
  `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.*`,
];

/** Looks at streams and consumers. */
const reads = (stream: string) => [
  '$JS.API.INFO',
  '$JS.API.STREAM.NAMES',
  '$JS.API.STREAM.LIST',
  `$JS.API.STREAM.INFO.${stream}`,
  `$JS.API.STREAM.MSG.GET.${stream}`,
  `$JS.API.CONSUMER.NAMES.${stream}`,
  `$JS.API.CONSUMER.LIST.${stream}`,
  `$JS.API.CONSUMER.INFO.${stream}.*`,
];
