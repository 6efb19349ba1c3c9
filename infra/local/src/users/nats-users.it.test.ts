import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  catalogue,
  channelNamed,
  inboxPrefixOf,
  type NatsUser,
  natsUsers,
  type ServiceName,
  serviceAccess,
  serviceNames,
  subjectOf,
} from '@baton/contracts';
import { connect, Events, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../ports/ports.ts';
import { natsProgram, provision } from '../provision/provision.ts';
import { startServer } from '../servers/server-process.ts';
import { natsEnv, natsUsersConfig } from './nats-users.ts';
import { passwordNames } from './passwords.ts';

/** A real NATS with the generated users, whose password is the same for all. */
const PASSWORD = '1e5 "quoted" \\ and # more';
const folder = await mkdtemp(join(tmpdir(), 'baton-users-'));
const port = await freePort();
const connections = new Map<NatsUser, { nats: NatsConnection; refused: string[] }>();
let stop = async () => {};

beforeAll(async () => {
  const how = await provision(natsProgram, () => {});
  if (how.kind === 'docker') throw new Error('this test needs nats-server on this machine');
  const config = join(folder, 'nats.conf');
  await writeFile(config, `${natsUsersConfig('chat')}jetstream { store_dir: "${folder}" }\n`);
  Object.assign(process.env, natsEnv(Object.fromEntries(passwordNames.map((name) => [name, PASSWORD]))));
  const as = (user: string) => ({ servers: `127.0.0.1:${port}`, user, pass: PASSWORD, reconnect: false });
  const server = await startServer({
    name: 'NATS',
    command: how.path,
    args: ['--config', config, '--addr', '127.0.0.1', '--port', String(port)],
    dir: join(folder, 'nats'),
    logFile: join(folder, 'nats.log'),
    detached: false,
    answers: async () => (await connect({ ...as('operator'), timeout: 1_000 })).close(),
  });
  stop = () => server.stop();
  for (const user of natsUsers) {
    const nats = await connect({ ...as(user), inboxPrefix: inboxPrefixOf(user) });
    const refused: string[] = [];
    connections.set(user, { nats, refused });
    void (async () => {
      for await (const { type, permissionContext } of nats.status())
        if (type === Events.Error && permissionContext) refused.push(permissionContext.subject);
    })();
  }
});
afterAll(async () => {
  await Promise.all([...connections.values()].map(({ nats }) => nats.close()));
  await stop();
  await rm(folder, { recursive: true, force: true });
});

const LAST = 'nobody.may';
/** Which of these subjects the server refuses to this user. */
async function refusedOf(
  user: NatsUser,
  subjects: readonly string[],
  act: (nats: NatsConnection, subject: string) => void,
) {
  const one = connections.get(user);
  if (one === undefined) throw new Error(`${user} is not connected`);
  one.refused.length = 0;
  for (const subject of subjects) act(one.nats, subject);
  // Refused to everybody, so that the refusals of all before it have arrived with its own.
  act(one.nats, LAST);
  await expect.poll(() => one.refused).toContain(LAST);
  return new Set(one.refused.filter((subject) => subject !== LAST));
}
const publish = (nats: NatsConnection, subject: string) => nats.publish(subject);
const subscribe = (nats: NatsConnection, subject: string) =>
  void nats.subscribe(subject, { callback: () => {}, max: 1 });
const sorted = (names: Iterable<string>) => [...names].sort();

const endpoints = catalogue.services.flatMap(({ name, endpoints }) =>
  Object.keys(endpoints).map((key) => `${name}.${key}`),
);
const channels = Object.entries(catalogue.channels).flatMap(([group, members]) =>
  Object.entries(members).map(([kind, channel]): [string, string] => [
    `${group}.${kind}`,
    subjectOf('chat', channel, {}),
  ]),
);
/** With a value for each parameter. */
const literal = (subject: string) => subject.replaceAll('*', 'x');
const isService = (user: NatsUser): user is ServiceName => serviceNames.some((name) => name === user);

describe.each(natsUsers)('[S4] as %s, a real NATS refuses', (user) => {
  it('each request that is not in its row', async () => {
    const refused = await refusedOf(
      user,
      endpoints.map((name) => `chat.${name}`),
      publish,
    );
    const may = user === 'operator' ? endpoints : isService(user) ? serviceAccess[user].requests : [];
    expect(sorted(refused)).toEqual(
      sorted(endpoints.filter((name) => !may.some((one) => one === name)).map((name) => `chat.${name}`)),
    );
  });

  it('to speak on each channel that is not in its row', async () => {
    const refused = await refusedOf(
      user,
      channels.map(([, subject]) => literal(subject)),
      publish,
    );
    const may = isService(user) ? serviceAccess[user].publishes : [];
    const wanted = channels.filter(([name]) => !may.some((one) => one === name));
    expect(sorted(refused)).toEqual(sorted(wanted.map(([, subject]) => literal(subject))));
  });

  it('to take the requests of another service', async () => {
    const refused = await refusedOf(
      user,
      endpoints.map((name) => `chat.${name}`),
      subscribe,
    );
    expect(sorted(refused)).toEqual(
      sorted(endpoints.filter((name) => !name.startsWith(`${user}.`)).map((name) => `chat.${name}`)),
    );
  });

  it('to hear each channel that is not in its row', async () => {
    const refused = await refusedOf(
      user,
      channels.map(([, subject]) => subject),
      subscribe,
    );
    const hears = (name: string) => {
      if (user === 'operator') return true;
      if (!isService(user)) return false;
      const { subscribes, subscribesToAll } = serviceAccess[user];
      // What a service is asked below its own name is its own.
      const own = channelNamed(channels.find(([one]) => one === name)?.[0] as never).subject.split('.').length === 2;
      return (
        subscribes.some((one) => one === name) ||
        subscribesToAll.some((group) => name.startsWith(`${group}.`)) ||
        (own && name.startsWith(`${user}.`))
      );
    };
    expect(sorted(refused)).toEqual(sorted(channels.filter(([name]) => !hears(name)).map(([, subject]) => subject)));
  });

  it('to hear replies to others, and all at once', async () => {
    const inboxes = natsUsers.map((other) => `${inboxPrefixOf(other)}.>`);
    const refused = await refusedOf(user, [...inboxes, '>', 'chat.>', 'chat.*.*', '$JS.>'], subscribe);
    const own = `${inboxPrefixOf(user)}.>`;
    expect(sorted(refused)).toEqual(
      sorted([...inboxes.filter((inbox) => inbox !== own), '>', 'chat.>', 'chat.*.*', '$JS.>']),
    );
  });

  it('to record, deliver or delete anything by JetStream, but to the one that keeps the events', async () => {
    const api = [
      'STREAM.CREATE.CHAT',
      'STREAM.UPDATE.CHAT',
      'CONSUMER.DURABLE.CREATE.CHAT.x',
      'STREAM.CREATE.OTHER',
      'STREAM.DELETE.CHAT',
      'STREAM.PURGE.CHAT',
    ];
    const refused = await refusedOf(
      user,
      api.map((name) => `$JS.API.${name}`),
      publish,
    );
    const wanted = user === 'session' ? api.slice(3) : api;
    expect(sorted(refused)).toEqual(sorted(wanted.map((name) => `$JS.API.${name}`)));
  });
});

it('[S4] nobody comes in without a password', async () => {
  await expect(connect({ servers: `127.0.0.1:${port}`, reconnect: false })).rejects.toThrow(/authorization/i);
});
