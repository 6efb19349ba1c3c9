import { fileURLToPath } from 'node:url';
import { workspaceApi } from '@baton/contracts';
import { connectNats, createBus, createLog } from '@baton/runtime';
import { freePort, type TestSpace, testSpace, until } from '@baton/testkit';
import { startFaultProxy } from '@baton/testkit/fault-proxy';
import { type ServiceProcess, startService, well } from '@baton/testkit/service-process';
import { expect, inject, it, onTestFinished } from 'vitest';
import { accepted, from, PASSWORD } from '../test/workspace.ts';

const space = await testSpace();
const withoutPostgres = await testSpace();

/** The real service as a process, until the end of the test. */
async function start(own: TestSpace, env: Record<string, string> = {}): Promise<ServiceProcess> {
  const port = await freePort();
  const healthUrl = `http://127.0.0.1:${port}/health`;
  const service = await startService({
    name: `workspace-${port}`,
    program: fileURLToPath(new URL('./main.ts', import.meta.url)),
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      HEALTH_HOST: '127.0.0.1',
      HEALTH_PORT: String(port),
      ...own.env,
      ...env,
    },
    healthUrl,
    folder: inject('backends').folder,
  });
  onTestFinished(async () => void (await service.term()));
  await well(service, healthUrl);
  return service;
}

async function client(own: TestSpace) {
  const log = createLog({ service: 'test', instance: 'test', level: 'silent' });
  const nats = await connectNats({ url: own.natsUrl, name: 'test', log });
  onTestFinished(() => nats.close());
  return createBus({ nats, root: own.subjectRoot, log }).caller(workspaceApi);
}

const linkIn = (service: ServiceProcess) => /\/login#link=([\w-]+)/.exec(service.log.join('\n'))?.[1];

it('[O1] logs a link for the first owner in production, at each start until there is one, and stops on SIGTERM', async () => {
  const development = await start(space);
  expect(linkIn(development)).toBeUndefined();
  await development.term();

  const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://chat.example.com/support' };
  const first = await start(space, production);
  await until(() => linkIn(first) !== undefined);
  expect(first.log.join('\n')).toContain('https://chat.example.com/support/login#link=');
  const token = linkIn(first) ?? '';
  const workspace = await client(space);
  const { account, login } = accepted(
    await workspace.acceptInvitation({ token, mail: 'ada@example.com', name: 'Ada', password: PASSWORD, ...from() }),
  );
  expect(account.roleId).toBe('owner');
  expect((await first.term()).code).toBe(0);

  const second = await start(space, production);
  expect((await workspace.authenticate({ credential: login.token })).ok).toBe(true);
  expect(linkIn(second)).toBeUndefined();
  // [S5] Of all that it has logged, the link is the only secret.
  for (const { log } of [first, second]) {
    expect(log.join('\n')).not.toContain(login.token);
    expect(log.join('\n')).not.toContain(PASSWORD);
  }
});

it('[O2] without Postgres it stays up and reports it, and answers again after its return', async () => {
  const proxy = await startFaultProxy(withoutPostgres.databaseUrl);
  onTestFinished(() => proxy.close());
  const service = await start(withoutPostgres, { DATABASE_URL: proxy.url });
  const workspace = await client(withoutPostgres);
  const authenticate = async () => {
    const reply = await workspace.authenticate({ credential: 'bl_made-up' });
    return reply.ok ? 'ok' : reply.code;
  };
  expect(await authenticate()).toBe('UNAUTHENTICATED');
  proxy.trouble({ cut: true });
  await until(async () => accepted(await workspace.health({})).parts.postgres?.status === 'down');
  // Never "you are not logged in": what cannot be looked up is not known.
  expect(['UNAVAILABLE', 'TIMEOUT']).toContain(await authenticate());
  proxy.heal();
  await until(async () => (await authenticate()) === 'UNAUTHENTICATED', { within: 10_000 });
  expect((await service.term()).code).toBe(0);
});

it('[O2] starts without its identity providers, and is well without them', async () => {
  const service = await start(space, {
    OIDC_1_ID: 'acme',
    OIDC_1_ISSUER: `http://127.0.0.1:${await freePort()}`,
    OIDC_1_CLIENT_ID: 'baton',
    OIDC_1_CLIENT_SECRET: 'the secret of the client',
  });
  const workspace = await client(space);
  expect(accepted(await workspace.listProviders({})).providers).toEqual([{ id: 'acme', label: 'acme' }]);
  const begun = await workspace.beginProviderLogin({ providerId: 'acme', addressHash: 'a network' });
  expect(begun).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
  expect(accepted(await workspace.health({})).status).toBe('up');
  expect((await workspace.login({ mail: 'nobody@example.com', password: PASSWORD, ...from() })).ok).toBe(false);
  expect(service.log.join('\n')).toContain('the identity provider acme cannot be asked');
  expect(service.log.join('\n')).not.toContain('the secret of the client');
});

it('[S8] does not start without its secret, and names it', async () => {
  await expect(start(space, { WORKSPACE_SECRET: 'short' })).rejects.toThrow('WORKSPACE_SECRET: must have at least 32');
});
