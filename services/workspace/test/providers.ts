import { createLog, type Log } from '@baton/runtime';
import type { TestSpace } from '@baton/testkit';
import type { JWTPayload } from '@baton/testkit/identity-provider';
import { startIdentityProvider } from '@baton/testkit/identity-provider';
import { accepted, from, startWorkspace } from './workspace.ts';

/** A log whose warnings and errors a test can read. */
function readableLog() {
  const lines: { facts: Record<string, unknown>; message: string }[] = [];
  const write = (facts: Record<string, unknown>, message: string) => void lines.push({ facts, message });
  const silent = createLog({ service: 'workspace', instance: 'test', level: 'silent' });
  const log: Log = Object.assign(Object.create(silent), { warn: write, error: write });
  return { log, lines };
}

/** The settings of the provider of a slot. */
const settingsOf = (
  slot: number,
  { issuer, client }: { issuer: string; client: { id: string; secret: string } },
  more: Record<string, string> = {},
) =>
  Object.fromEntries(
    Object.entries({ ISSUER: issuer, CLIENT_ID: client.id, CLIENT_SECRET: client.secret, ...more }).map(
      ([name, value]) => [`OIDC_${slot}_${name}`, value],
    ),
  );

/** The service with two real providers on this machine: `acme`, and `strict`, which has all settings. */
export async function startWithProviders(space: TestSpace) {
  const [acme, strict] = [
    await startIdentityProvider(),
    await startIdentityProvider({ id: 'other', secret: 'a+b c%' }),
  ];
  const { log, lines } = readableLog();
  const parts = await startWorkspace(space, {
    log,
    env: {
      PUBLIC_URL: 'https://chat.example.com/support',
      ...settingsOf(1, acme, { ID: 'acme', LABEL: 'Acme' }),
      ...settingsOf(2, strict, { ID: 'strict', DOMAINS: 'example.com, Example.org', TRUST_MFA: 'true' }),
    },
  });
  const { workspace, database } = parts;
  const providers = { acme, strict };
  type Id = keyof typeof providers;

  const begin = async (providerId: Id = 'acme', more: { again?: boolean } = {}) =>
    accepted(await workspace.beginProviderLogin({ providerId, addressHash: from().addressHash, ...more }));
  const finish = (come: { query: string; secret: string; providerId?: Id; address?: string }) =>
    workspace.finishProviderLogin({ providerId: 'acme', ...come, ...from(come.address) });
  /** The whole way, of a person whom the provider knows by these claims. */
  const logInBy = async (person: JWTPayload, providerId: Id = 'acme') => {
    const { url, secret } = await begin(providerId);
    return finish({ query: providers[providerId].logIn(url, person), secret, providerId });
  };

  let people = 0;
  /** Somebody whom the provider knows, with a mail address that it has verified. */
  const known = (more: JWTPayload = {}): JWTPayload & { sub: string; email: string } => {
    const n = ++people;
    return { sub: `sub-${n}`, email: `known-${n}@example.com`, email_verified: true, name: `Known ${n}`, ...more };
  };
  const invite = async (mail: string, roleId: 'agent' | 'supervisor' = 'agent', name?: string) => {
    const made = await parts.stores.links.invite(undefined, { mail, name, roleId, validHours: 1 });
    if (made.kind !== 'made') throw new Error(`no invitation: ${made.kind}`);
    return made;
  };
  /** Somebody who was invited, and has logged in by the provider. */
  const colleague = async (more: JWTPayload = {}, providerId: Id = 'acme') => {
    const person = known(more);
    await invite(person.email);
    const reply = accepted(await logInBy(person, providerId));
    if (!reply.done) throw new Error('not done');
    return { person, accountId: reply.login.accountId, credential: reply.login.token, loginId: reply.login.loginId };
  };
  /** What the audit log has of an action, the oldest first. */
  const audited = (action: string) =>
    database.statement<{ actorKind: string; subjectId: string | null; details: string }>(
      `SELECT actor_kind AS "actorKind", subject_id AS "subjectId", details FROM audit_log WHERE action = $1 ORDER BY seq`,
      action,
    );
  return { ...parts, acme, strict, lines, begin, finish, logInBy, known, invite, colleague, audited };
}
