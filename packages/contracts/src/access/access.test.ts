import { describe, expect, it } from 'vitest';
import { catalogue, channels } from '../index.ts';
import { allowedTo, everything, NotAllowed } from './allowed.ts';
import { inboxPrefixOf, mayBeTool, natsPermissions, natsUsers } from './nats-permissions.ts';
import { eventConsumers, serviceAccess, serviceNames } from './services.ts';

/** Whether a permission covers a subject, as NATS matches them. */
function covers(pattern: string, subject: string): boolean {
  const [wanted, given] = [pattern.split('.'), subject.split('.')];
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return given.length > index;
    if (given[index] === undefined || (token !== '*' && token !== given[index])) return false;
  }
  return wanted.length === given.length;
}
const may = (patterns: readonly string[], subject: string) => patterns.some((one) => covers(one, subject));
const endpoints = catalogue.services.flatMap((api) =>
  Object.keys(api.endpoints).map((key) => [api.name, key] as const),
);

describe('the table', () => {
  it('has a row for each service of the contract', () => {
    const rows: readonly string[] = serviceNames;
    expect(catalogue.services.map(({ name }) => name).filter((name) => !rows.includes(name))).toEqual([]);
  });

  it.each(serviceNames)('says everything of %s once, in order', (name) => {
    const { requests, publishes, subscribes, subscribesToAll } = serviceAccess[name];
    for (const list of [requests, publishes, subscribes, subscribesToAll])
      expect(list).toEqual([...new Set(list)].sort());
  });

  it('has one service that keeps the events: the one that publishes them', () => {
    const keepers = serviceNames.filter((name) => serviceAccess[name].keepsEvents);
    expect(keepers).toEqual(serviceNames.filter((name) => serviceAccess[name].publishes.includes('event.control')));
    expect(keepers).toHaveLength(1);
  });

  it('gives each durable consumer to one service', () => {
    const names = serviceNames.flatMap((name) => Object.keys(serviceAccess[name].consumes));
    expect(Object.keys(eventConsumers).sort()).toEqual(names.sort());
  });
});

describe('[S4] permissions on NATS', () => {
  it.each(natsUsers)('%s hears nobody else’s replies', (user) => {
    const { subscribe } = natsPermissions(user, 'chat');
    const heard = natsUsers.filter((other) => may(subscribe, `${inboxPrefixOf(other)}.any.token`));
    expect(heard).toEqual([user]);
  });

  it.each(natsUsers)('%s takes no request of another service', (user) => {
    const { subscribe } = natsPermissions(user, 'chat');
    const taken = endpoints.filter(([service, key]) => may(subscribe, `chat.${service}.${key}`));
    expect(taken.filter(([service]) => service !== user)).toEqual([]);
  });

  it.each(serviceNames)('%s requests and publishes what its row names, and nothing more', (service) => {
    const { publish } = natsPermissions(service, 'chat');
    const requested = endpoints.map((pair) => pair.join('.')).filter((name) => may(publish, `chat.${name}`));
    expect(requested.sort()).toEqual([...serviceAccess[service].requests]);
    const published = Object.entries(channels).flatMap(([group, members]) =>
      Object.entries(members).flatMap(([kind, { subject }]) =>
        may(publish, `chat.${subject.replace(/<\w+>/, 'x')}`) ? [`${group}.${kind}`] : [],
      ),
    );
    expect(published.sort()).toEqual([...serviceAccess[service].publishes]);
  });

  it('only the keeper of the events may create a stream or a consumer', () => {
    const creating = ['STREAM.CREATE.CHAT', 'STREAM.UPDATE.CHAT', 'CONSUMER.CREATE.CHAT.x.y', 'STREAM.DELETE.CHAT'];
    const who = natsUsers.filter((user) =>
      creating.some((what) => may(natsPermissions(user, 'chat').publish, `$JS.API.${what}`)),
    );
    expect(who).toEqual(['session']);
    expect(may(natsPermissions('session', 'chat').publish, '$JS.API.STREAM.CREATE.OTHER')).toBe(false);
  });

  it('a tool service replies and does nothing else; the inspector only asks who is there', () => {
    expect(natsPermissions('tool', 'chat')).toEqual({
      publish: [],
      subscribe: ['_INBOX_tool.>', 'chat.tool.>', '$SRV.>'],
      allowResponses: true,
    });
    expect(natsPermissions('inspector', 'chat').publish.every((subject) => subject.startsWith('$SRV.'))).toBe(true);
  });

  it('the operator can be no service and speak as none', () => {
    const { publish, subscribe, allowResponses } = natsPermissions('operator', 'chat');
    expect(allowResponses).toBe(false);
    expect(may(publish, 'chat.session.get')).toBe(true);
    expect(may(subscribe, 'chat.live.x.entry')).toBe(true);
    expect(may(publish, 'chat.live.x.entry')).toBe(false);
    expect(may(publish, 'chat.event.x.control')).toBe(false);
    expect(may(publish, 'chat.queue.changed')).toBe(false);
  });

  it('no endpoint of Baton or of NATS can be a tool', () => {
    const subjects = [
      'chat.tool.orders',
      'orders.status',
      'chat.session.close',
      'chat',
      '$JS.API.INFO',
      '_INBOX.x',
      'a.>',
    ];
    expect(subjects.filter((subject) => mayBeTool('chat', subject))).toEqual([
      'chat.tool.orders',
      'orders.status',
      'chat',
    ]);
  });
});

describe('what a service may do', () => {
  const queue = allowedTo('queue');

  it('is what its row names', () => {
    queue.publish(channels.live.position);
    queue.subscribe(channels.agent.changed);
    queue.consume(channels.event.control, 'queue-control');
    queue.offer('queue');
    queue.request('session.assign');
    allowedTo('gateway').subscribeAll(Object.values(channels.live));
    allowedTo('session').keepEvents();
  });

  it.each<[string, () => void]>([
    ['publish', () => queue.publish(channels.live.entry)],
    ['subscribe', () => queue.subscribe(channels.live.entry)],
    ['subscribe to a group', () => queue.subscribeAll(Object.values(channels.agent))],
    ['consume as another', () => queue.consume(channels.event.control, 'ai-control')],
    ['consume another channel', () => queue.consume(channels.live.entry, 'queue-control')],
    ['offer', () => queue.offer('session')],
    ['request', () => queue.request('session.append')],
    ['keep events', () => queue.keepEvents()],
  ])('refuses to %s anything else, and says where that is decided', (_, act) => {
    expect(act).toThrow(NotAllowed);
    expect(act).toThrow(/^the queue service may not .*: packages\/contracts\/src\/access$/);
  });

  it('is everything for what is no service', () => {
    everything.publish(channels.live.entry);
    everything.request('session.append');
  });
});
