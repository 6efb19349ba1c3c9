import { channels, type Revocation } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { generate } from 'otplib';
import { describe, expect, it } from 'vitest';
import { startWithProviders } from '../../test/providers.ts';
import { accepted, from, PASSWORD, refusal } from '../../test/workspace.ts';
import { deleteExpired } from '../logins/expired-rows-postgres.ts';

const space = await testSpace();
const parts = await startWithProviders(space);
const { workspace, database, bus, acme, strict, begin, finish, logInBy, known, invite, colleague, audited } = parts;

const revoked: Revocation[] = [];
await bus.subscribe(channels.workspace.revoked, {}, (revocation) => revoked.push(revocation)).ready();

const actorOf = async (credential: string) => accepted(await workspace.authenticate({ credential })).actor;
const granted = async (reply: Promise<Awaited<ReturnType<typeof finish>>>) => {
  const value = accepted(await reply);
  if (!value.done) throw new Error('a second factor is asked for');
  return value.login;
};
const confirm = (accountId: string) =>
  database.statement('UPDATE accounts SET mail_confirmed = true WHERE id = $1', accountId);

describe('a login at a provider', () => {
  it('is offered by its label, and leads there with PKCE, state and nonce', async () => {
    expect(accepted(await workspace.listProviders({})).providers).toEqual([
      { id: 'acme', label: 'Acme' },
      { id: 'strict', label: 'strict' },
    ]);
    const { searchParams, origin } = new URL((await begin()).url);
    expect(origin).toBe(acme.issuer);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      redirect_uri: 'https://chat.example.com/support/login/callback/acme',
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(new URL((await begin('acme', { again: true })).url).searchParams.get('max_age')).toBe('0');
    const unknown = await workspace.beginProviderLogin({ providerId: 'nobody', addressHash: from().addressHash });
    expect(refusal(unknown)).toBe('NOT_FOUND');
  });

  it('keeps of what the browser holds a hash alone, for ten minutes', async () => {
    const { person } = await colleague();
    const { url, secret } = await begin();
    const { searchParams } = new URL(url);
    const [rows] = await database.statement<{ all: string; minutes: number }>(
      `SELECT string_agg(to_jsonb(s)::text, '') AS all,
        max(extract(epoch FROM expires_at - now()) / 60)::float AS minutes FROM provider_steps s`,
    );
    for (const part of [...secret.split('.'), searchParams.get('state') ?? '', searchParams.get('nonce') ?? ''])
      expect(rows?.all).not.toContain(part);
    expect(rows?.minutes).toBeGreaterThan(9.9);
    expect(rows?.minutes).toBeLessThanOrEqual(10);
    await database.statement("UPDATE provider_steps SET expires_at = now() - interval '1 ms'");
    expect(refusal(await finish({ query: acme.logIn(url, person), secret }))).toBe('UNAUTHENTICATED');
    await deleteExpired(database);
    expect(await database.statement('SELECT 1 FROM provider_steps')).toEqual([]);
  });

  it('is a login as by password: a device, noted, and ended by its logout', async () => {
    const { person, accountId, credential, loginId } = await colleague();
    expect(await actorOf(credential)).toMatchObject({ kind: 'account', accountId, loginId });
    expect(accepted(await workspace.listLogins({ credential })).logins).toMatchObject([{ method: 'oidc' }]);
    const noted = (await audited('login.started')).find(({ subjectId }) => subjectId === loginId);
    expect(JSON.parse(noted?.details ?? '')).toMatchObject({ method: 'oidc', issuer: acme.issuer });
    const again = await granted(logInBy({ sub: person.sub }));
    expect(again.accountId).toBe(accountId);
    accepted(await workspace.logout({ credential }));
    expect(refusal(await workspace.authenticate({ credential }))).toBe('UNAUTHENTICATED');
  });

  it('is as fresh as the provider says that its proof is', async () => {
    const old = Math.floor(Date.now() / 1_000) - 3_600;
    const { person, credential } = await colleague({ auth_time: old });
    expect(await actorOf(credential)).toMatchObject({ authenticatedAt: new Date(old * 1_000).toISOString() });
    expect(refusal(await workspace.beginTotp({ credential }))).toBe('LOGIN_TOO_OLD');
    const { token } = await granted(logInBy({ ...person, auth_time: old + 3_590 }));
    expect((await workspace.beginTotp({ credential: token })).ok).toBe(true);
  });

  it('tells no failure of one network from another: after twenty, it waits', async () => {
    const attempt = async (address: string) => refusal(await finish({ query: '', secret: 'made up', address }));
    for (let n = 0; n < 20; n++) expect(await attempt('bad-network')).toBe('UNAUTHENTICATED');
    expect(await attempt('bad-network')).toBe('RATE_LIMITED');
    expect(await attempt('good-network')).toBe('UNAUTHENTICATED');
  });

  it('of one network may be at its provider a hundred times at once', async () => {
    const start = () => workspace.beginProviderLogin({ providerId: 'acme', addressHash: 'busy-network' });
    for (let n = 0; n < 100; n++) accepted(await start());
    expect(refusal(await start())).toBe('RATE_LIMITED');
    await database.statement("UPDATE provider_steps SET expires_at = now() - interval '1 ms'");
    accepted(await start());
  });
});

describe('whose account it is', () => {
  it('an invitation of the verified mail address becomes an account, once, with its role', async () => {
    const person = known({ email: 'Grace@Example.com' });
    await invite('grace@example.com', 'supervisor');
    const replies = await Promise.all([logInBy(person), logInBy(person)]);
    const [one, two] = replies.map((reply) => accepted(reply));
    if (!one?.done || !two?.done) throw new Error('not done');
    expect(one.login.accountId).toBe(two.login.accountId);
    const { account } = accepted(await workspace.getAccount({ credential: one.login.token }));
    expect(account).toMatchObject({ mail: 'grace@example.com', roleId: 'supervisor', hasPassword: false });
    expect(account.name).toBe(person.name);
    expect((await audited('provider.linked')).filter(({ subjectId }) => subjectId === account.id)).toHaveLength(1);
  });

  it('keeps the name that the invitation has, and finds one where the provider has none that can be', async () => {
    const [one, two] = [known({ name: 'X'.repeat(200) }), known()];
    await invite(one.email);
    await invite(two.email, 'agent', 'As invited');
    const nameOf = async (person: typeof one) => {
      const { token } = await granted(logInBy(person));
      return accepted(await workspace.getAccount({ credential: token })).account.name;
    };
    expect(await nameOf(one)).toBe(one.email.split('@')[0]);
    expect(await nameOf(two)).toBe('As invited');
  });

  it('an invitation that has ended, or names no address, is nobody’s', async () => {
    const person = known();
    await parts.stores.links.invite(undefined, { roleId: 'agent', validHours: 1 });
    const { invitation } = await invite(person.email);
    await database.statement("UPDATE links SET expires_at = now() - interval '1 s' WHERE id = $1", invitation.id);
    expect(refusal(await logInBy(person))).toBe('UNAUTHENTICATED');
  });

  it('an account of the verified mail address is linked, and its password stays where it was invited by it', async () => {
    const account = await parts.person();
    await confirm(account.id);
    const { accountId } = await granted(logInBy(known({ email: account.mail })));
    expect(accountId).toBe(account.id);
    expect((await parts.logIn(account.mail)).ok).toBe(true);
    expect((await actorOf(account.credential)).kind).toBe('account');
  });

  it('an account that has named its own address loses what another person may know: password and logins', async () => {
    const account = await parts.person();
    const link = await granted(logInBy(known({ email: account.mail })));
    expect(link.accountId).toBe(account.id);
    expect(refusal(await parts.logIn(account.mail))).toBe('UNAUTHENTICATED');
    expect(refusal(await workspace.authenticate({ credential: account.credential }))).toBe('UNAUTHENTICATED');
    await until(() => revoked.some(({ id, reason }) => id === account.id && reason === 'password'));
    expect((await audited('password.removed')).map(({ subjectId }) => subjectId)).toContain(account.id);
    // The person who has logged in sets a new one.
    accepted(await workspace.changePassword({ credential: link.token, password: PASSWORD, ...from() }));
    expect((await parts.logIn(account.mail)).ok).toBe(true);
  });

  it('the address may change at the provider: the account stays, and nobody else gets it', async () => {
    const { person, accountId } = await colleague();
    const other = await parts.person();
    const moved = await granted(logInBy({ ...person, email: other.mail }));
    expect(moved.accountId).toBe(accountId);
    // Somebody who was given the address later.
    expect(refusal(await logInBy(known({ email: person.email })))).toBe('UNAUTHENTICATED');
    expect(JSON.parse((await audited('login.refused')).at(-1)?.details ?? '')).toEqual({
      provider: 'acme',
      reason: 'other identity',
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['is not verified', { email_verified: false }],
    ['is not said to be verified', { email_verified: undefined }],
    ['is verified in words', { email_verified: 'true' }],
    ['is none', { email: undefined }],
    ['is no address', { email: 'somebody' }],
  ])('a mail address that %s links nothing', async (_, claims) => {
    const [account, person] = [await parts.person(), known()];
    await confirm(account.id);
    await invite(person.email);
    for (const email of [account.mail, person.email])
      expect(refusal(await logInBy({ ...person, email, ...claims } as typeof person))).toBe('UNAUTHENTICATED');
    expect(await database.statement('SELECT 1 FROM identities WHERE subject = $1', person.sub)).toEqual([]);
  });

  it('a letter that only looks like one of the address links nothing', async () => {
    const person = known();
    await invite(person.email);
    // The Kelvin sign, which is a k in lower case.
    expect(refusal(await logInBy({ ...person, email: person.email.replace('k', '\u212a') }))).toBe('UNAUTHENTICATED');
  });

  it('nobody whom nobody has invited', async () => {
    expect(refusal(await logInBy(known()))).toBe('UNAUTHENTICATED');
  });

  it('not that of another provider’s person of the same subject', async () => {
    const { person } = await colleague();
    expect(
      refusal(await logInBy({ sub: person.sub, email: 'other@example.com', email_verified: true }, 'strict')),
    ).toBe('UNAUTHENTICATED');
  });

  it('a suspended account logs in by no way, and is refused like all others', async () => {
    const { person, accountId } = await colleague();
    await database.statement("UPDATE accounts SET status = 'suspended' WHERE id = $1", accountId);
    expect(await logInBy(person)).toEqual(await logInBy(known()));
    const noted = (await audited('login.refused')).find(({ subjectId }) => subjectId === accountId);
    expect(JSON.parse(noted?.details ?? '')).toEqual({ provider: 'acme', reason: 'suspended' });
  });

  it('where domains are set, only those of them, at each login', async () => {
    const { person } = await colleague({ email: 'in@example.org' }, 'strict');
    for (const email of ['in@evil-example.org', 'in@sub.example.org', 'in@example.org.evil.com']) {
      await invite(email);
      expect(refusal(await logInBy({ ...person, email }, 'strict'))).toBe('UNAUTHENTICATED');
    }
    expect(refusal(await logInBy({ ...person, email_verified: false }, 'strict'))).toBe('UNAUTHENTICATED');
    expect((await logInBy({ ...person, email: 'new@EXAMPLE.com' }, 'strict')).ok).toBe(true);
  });
});

describe('the second factor of an account', () => {
  const withApp = async (credential: string) => {
    const { secret } = accepted(await workspace.beginTotp({ credential }));
    const codeAt = (steps: number) => generate({ secret, epoch: Date.now() / 1_000 + steps * 30 });
    accepted(await workspace.confirmTotp({ credential, passcode: await codeAt(-1) }));
    return codeAt;
  };
  const stepOf = async (reply: Promise<Awaited<ReturnType<typeof finish>>>) => {
    const value = accepted(await reply);
    if (value.done) throw new Error('no second factor is asked for');
    return value.step;
  };
  const finishStep = async (step: string, passcode: string) =>
    workspace.finishLogin({ step, passcode, addressHash: from().addressHash });

  it('is asked for after the provider, whatever that says', async () => {
    const { person, credential } = await colleague();
    const codeAt = await withApp(credential);
    const step = await stepOf(logInBy({ ...person, amr: ['pwd', 'mfa'] }));
    const { login } = accepted(await finishStep(step, await codeAt(0)));
    expect(accepted(await workspace.listLogins({ credential: login.token })).logins[0]).toMatchObject({
      method: 'oidc',
    });
  });

  it('is taken on trust from a provider that is set so, when it says that it has seen one', async () => {
    const { person, credential } = await colleague({}, 'strict');
    await withApp(credential);
    expect((await granted(logInBy({ ...person, amr: ['pwd', 'mfa'] }, 'strict'))).accountId).toBeTruthy();
    await stepOf(logInBy({ ...person, amr: ['pwd'] }, 'strict'));
    await stepOf(logInBy({ ...person, amr: 'mfa' }, 'strict'));
    await stepOf(logInBy(person, 'strict'));
  });

  it('is needed to link the account, also where the provider is trusted, and then nothing of it ends', async () => {
    const account = await parts.person();
    const codeAt = await withApp(account.credential);
    const person = known({ email: account.mail, amr: ['mfa'] });
    const step = await stepOf(logInBy(person, 'strict'));
    const linked = () => database.statement('SELECT account_id FROM identities WHERE subject = $1', person.sub);
    expect(refusal(await finishStep(step, '000000'))).toBe('UNAUTHENTICATED');
    expect(await linked()).toEqual([]);
    accepted(await finishStep(step, await codeAt(0)));
    expect(await linked()).toEqual([{ account_id: account.id }]);
    expect((await parts.logIn(account.mail)).ok).toBe(true);
    expect((await audited('provider.linked')).map(({ subjectId }) => subjectId)).toContain(account.id);
    // From now on it is trusted.
    expect((await granted(logInBy(person, 'strict'))).accountId).toBe(account.id);
    void strict;
  });
});
