import { type RoleId, workspaceApi } from '@baton/contracts';
import { connectBus, createBus, createHealth, createLog, createMetrics, type Log, readConfig } from '@baton/runtime';
import type { TestSpace } from '@baton/testkit';
import { afterAll } from 'vitest';
import { createAccess } from '../src/access.ts';
import { workspaceConfig } from '../src/config.ts';
import { createEndpoints } from '../src/endpoints.ts';
import { createPasswords } from '../src/logins/passwords.ts';
import { openDatabase } from '../src/platform/database-postgres.ts';
import { createSealing } from '../src/platform/sealed.ts';
import { createProviderClient } from '../src/providers/client-openid.ts';
import { createPublications } from '../src/publications.ts';
import { createStores } from '../src/stores-postgres.ts';
import { createUses } from '../src/uses.ts';

export const PASSWORD = 'correct horse battery';
/** The least that argon2 takes: what is tested is not what it costs. */
const CHEAP = { memory: 64, passes: 1, parallelism: 1 };

/** The service in this process, on the real Postgres and NATS of a space, at the top of a test file. */
export async function startWorkspace(
  space: TestSpace,
  {
    secrets,
    env = {},
    log = createLog({ service: 'workspace', instance: 'test', level: 'silent' }),
  }: { secrets?: readonly [string, ...string[]]; env?: Record<string, string>; log?: Log } = {},
) {
  const config = readConfig(workspaceConfig, { ...space.env, ...env });
  const metrics = createMetrics('workspace');
  const bus = await connectBus({ service: 'workspace', config, instance: 'test', log, metrics });
  const database = openDatabase({ url: space.databaseUrl, poolMax: 10, name: 'workspace-test', log });
  const stores = createStores(database, { idleHours: config.LOGIN_IDLE_HOURS, maxDays: config.LOGIN_MAX_DAYS });
  const uses = createUses(log);
  const access = createAccess({
    readLogin: uses.noting(stores.logins.readActor, ({ loginId }) => stores.logins.noteUse(loginId)),
    readKey: uses.noting(stores.keys.readActor, ({ keyId }) => stores.keys.noteUse(keyId)),
  });
  const served = await bus.serve(
    workspaceApi,
    createEndpoints({
      access,
      stores,
      passwords: createPasswords(CHEAP),
      sealing: createSealing(secrets ?? [config.WORKSPACE_SECRET]),
      providers: config.providers.map((provider) => createProviderClient(provider, config.PUBLIC_URL)),
      publications: createPublications({ bus }),
      health: createHealth({ instance: 'test', essential: { postgres: () => database.ping() } }),
      log,
    }),
  );
  afterAll(async () => {
    await served.stop();
    await uses.settled();
    await bus.close();
    await database.close();
  });
  // Tests are no service: they request and hear what they like.
  const anyone = createBus({ nats: bus.nats, root: config.SUBJECT_ROOT, log });
  const workspace = anyone.caller(workspaceApi);

  let count = 0;
  /** A person with an account, logged in. */
  const person = async (roleId: RoleId = 'agent') => {
    const mail = `person-${++count}@example.com`;
    const made = await stores.links.invite(undefined, { roleId, validHours: 1 });
    if (made.kind !== 'made') throw new Error(`no invitation: ${made.kind}`);
    const { account, login } = accepted(
      await workspace.acceptInvitation({
        token: made.token,
        mail,
        name: `Person ${count}`,
        password: PASSWORD,
        ...from(),
      }),
    );
    return { id: account.id, mail, credential: login.token, loginId: login.loginId };
  };
  const logIn = (mail: string, password = PASSWORD, address?: string) =>
    workspace.login({ mail, password, ...from(address) });
  /** Makes the login of a person so old that it may not change how its account logs in. */
  const grow = (loginId: string) =>
    database.statement("UPDATE logins SET authenticated_at = now() - interval '1 hour' WHERE id = $1", loginId);
  return { workspace, bus: anyone, database, stores, uses, person, logIn, grow };
}

let addresses = 0;
/** Each call comes from a network of its own, unless one is named. */
export const from = (address = `network-${++addresses}`) => ({ addressHash: address, device: 'Firefox on Linux' });

/** The value of a successful reply. */
export function accepted<Value>(
  reply: { ok: true; value: Value } | { ok: false; code: string; message: string },
): Value {
  if (!reply.ok) throw new Error(`refused: ${reply.code}: ${reply.message}`);
  return reply.value;
}

/** The code of a refusal. */
export function refusal(reply: { ok: true } | { ok: false; code: string }): string {
  if (reply.ok) throw new Error('not refused');
  return reply.code;
}
