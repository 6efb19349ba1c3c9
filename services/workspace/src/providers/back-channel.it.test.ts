import { channels, type Revocation } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { LOGOUT_EVENT } from '@baton/testkit/identity-provider';
import { generate } from 'otplib';
import { describe, expect, it } from 'vitest';
import { startWithProviders } from '../../test/providers.ts';
import { accepted, from, refusal } from '../../test/workspace.ts';

const space = await testSpace();
const parts = await startWithProviders(space);
const { workspace, bus, database, acme, strict, lines, begin, finish, logInBy, colleague, audited } = parts;

/** One that has not been asked for anything yet. */
const other = await startWithProviders(await testSpace());

const revoked: Revocation[] = [];
await bus.subscribe(channels.workspace.revoked, {}, (revocation) => revoked.push(revocation)).ready();

const logout = (logoutToken: string, providerId = 'acme') => workspace.providerLogout({ providerId, logoutToken });
const isLoggedIn = async (credential: string) => (await workspace.authenticate({ credential })).ok;
const again = async (person: Parameters<typeof logInBy>[0]) => {
  const reply = accepted(await logInBy(person));
  if (!reply.done) throw new Error('not done');
  return reply.login.token;
};

describe('a back-channel logout', () => {
  it('of a person ends all their logins by this provider, and no other', async () => {
    const [one, another] = [await colleague({ sid: 'one' }), await colleague()];
    const [two, three] = [await again({ ...one.person, sid: 'two' }), await again(one.person)];
    await database.statement(
      `INSERT INTO logins (id, account_id, token_hash, method, device, expires_at, ends_at)
      SELECT 'by-password', $1, sha256('bl_by-password'), 'password', '', now() + interval '1 h', now() + interval '1 h'`,
      one.accountId,
    );
    accepted(await logout(await acme.logoutToken({ sub: one.person.sub })));
    for (const credential of [one.credential, two, three]) expect(await isLoggedIn(credential)).toBe(false);
    expect(await isLoggedIn('bl_by-password')).toBe(true);
    expect(await isLoggedIn(another.credential)).toBe(true);
    await until(() => revoked.some(({ id, reason }) => id === one.loginId && reason === 'provider'));
    const noted = (await audited('provider.logout')).at(-1);
    expect(noted).toMatchObject({ actorKind: 'system', subjectId: one.accountId });
    expect(JSON.parse(noted?.details ?? '')).toEqual({ provider: 'acme', logins: 3 });
  });

  it('of a session ends its login, and those of the person that name none', async () => {
    const one = await colleague({ sid: 'laptop' });
    const [phone, unnamed] = [
      await again({ ...one.person, sid: 'phone' }),
      await again({ ...one.person, sid: undefined }),
    ];
    accepted(await logout(await acme.logoutToken({ sid: 'laptop' })));
    expect(await isLoggedIn(one.credential)).toBe(false);
    expect([await isLoggedIn(phone), await isLoggedIn(unnamed)]).toEqual([true, true]);
    accepted(await logout(await acme.logoutToken({ sid: 'elsewhere', sub: one.person.sub })));
    expect([await isLoggedIn(phone), await isLoggedIn(unnamed)]).toEqual([true, false]);
    accepted(await logout(await acme.logoutToken({ sid: 'phone', sub: 'somebody else' })));
    expect(await isLoggedIn(phone)).toBe(true);
  });

  it('ends a login that waits for its second factor', async () => {
    const one = await colleague({ sid: 'with an app' });
    const { secret } = accepted(await workspace.beginTotp({ credential: one.credential }));
    const codeAt = (steps: number) => generate({ secret, epoch: Date.now() / 1_000 + steps * 30 });
    accepted(await workspace.confirmTotp({ credential: one.credential, passcode: await codeAt(-1) }));
    const reply = accepted(await logInBy(one.person));
    if (reply.done) throw new Error('no second factor is asked for');
    accepted(await logout(await acme.logoutToken({ sid: 'with an app' })));
    const passcode = await codeAt(0);
    const finished = await workspace.finishLogin({ step: reply.step, passcode, addressHash: from().addressHash });
    expect(refusal(finished)).toBe('UNAUTHENTICATED');
  });

  it('of a person holds for what was proven before it', async () => {
    const one = await colleague();
    const { url, secret } = await begin();
    accepted(await logout(await acme.logoutToken({ sub: one.person.sub })));
    const iat = Math.floor(Date.now() / 1_000) - 5;
    expect(refusal(await finish({ query: acme.logIn(url, { ...one.person, iat }), secret }))).toBe('UNAUTHENTICATED');
    expect(await isLoggedIn(await again({ ...one.person, iat: iat + 30 }))).toBe(true);
  });

  it('of nobody who is logged in is taken all the same', async () => {
    accepted(await logout(await acme.logoutToken({ sub: 'nobody' })));
    expect((await audited('provider.logout')).at(-1)).toMatchObject({ subjectId: null });
  });
});

describe('the token of a back-channel logout', async () => {
  const victim = await colleague({ sid: 'of the victim' });
  const named = { sub: victim.person.sub, sid: 'of the victim' };
  const seconds = (difference: number) => Math.floor(Date.now() / 1_000) + difference;
  const event = { [LOGOUT_EVENT]: {} };

  it.each<[string, string, () => Promise<string>]>([
    ['signed by a foreign key', 'signature', () => acme.logoutToken(named, 'foreign key')],
    ['with alg none', 'signature', () => acme.logoutToken(named, 'none')],
    ['with HS256 and the public key', 'signature', () => acme.logoutToken(named, 'public key as secret')],
    ['without its signature', 'signature', () => acme.logoutToken(named, 'cut off')],
    ['of another issuer', 'issuer', () => acme.logoutToken({ ...named, iss: strict.issuer })],
    ['of another provider', 'signature', () => strict.logoutToken({ ...named, iss: acme.issuer, aud: 'baton' })],
    ['for another audience', 'audience', () => acme.logoutToken({ ...named, aud: 'another client' })],
    ['without the event', 'event', () => acme.logoutToken({ ...named, events: undefined })],
    ['with another event', 'event', () => acme.logoutToken({ ...named, events: { [`${LOGOUT_EVENT}s`]: {} } })],
    ['with an event that is no object', 'event', () => acme.logoutToken({ ...named, events: { [LOGOUT_EVENT]: 1 } })],
    ['with a nonce, as an ID token has', 'event', () => acme.logoutToken({ ...named, nonce: 'of a login' })],
    ['of another type', 'event', () => acme.logoutToken(named, 'right', { typ: 'at+jwt' })],
    ['without an id', 'event', () => acme.logoutToken({ ...named, jti: undefined })],
    ['of nobody', 'event', () => acme.logoutToken({})],
    ['without a time', 'event', () => acme.logoutToken({ ...named, iat: undefined })],
    [
      'that is older than a minute',
      'expired',
      () => acme.logoutToken({ ...named, iat: seconds(-62), exp: seconds(60) }),
    ],
    ['from the future', 'expired', () => acme.logoutToken({ ...named, iat: seconds(63), exp: seconds(99) })],
    ['that has expired', 'expired', () => acme.logoutToken({ ...named, iat: seconds(-30), exp: seconds(-61) })],
    ['that is none', 'token', () => Promise.resolve('no token')],
  ])('%s is refused', async (_, reason, make) => {
    const token = await make();
    const before = lines.length;
    expect(await logout(token)).toEqual({ ok: false, code: 'UNAUTHENTICATED', message: 'The logout token is wrong.' });
    expect(lines.slice(before)).toEqual([
      { facts: { provider: 'acme', reason }, message: 'a logout by a provider is refused' },
    ]);
    expect(await isLoggedIn(victim.credential)).toBe(true);
  });

  it('is taken when clocks differ by less than a minute, and where it names no type', async () => {
    for (const iat of [seconds(-55), seconds(55)])
      accepted(await logout(await acme.logoutToken({ sub: 'nobody', iat, events: event }, 'right', {})));
  });

  it('is good once', async () => {
    const token = await acme.logoutToken(named);
    const replies = await Promise.all([logout(token), logout(token)]);
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
    expect(refusal(await logout(token))).toBe('UNAUTHENTICATED');
    expect(await isLoggedIn(victim.credential)).toBe(false);
  });

  it('is good for no other provider, and for none that is unknown', async () => {
    expect(refusal(await logout(await acme.logoutToken({ sub: 'x' }), 'strict'))).toBe('UNAUTHENTICATED');
    expect(refusal(await logout(await acme.logoutToken({ sub: 'x' }), 'unknown'))).toBe('UNAUTHENTICATED');
  });

  it('cannot be checked while the keys cannot be fetched: UNAVAILABLE, and nothing ends', async () => {
    const token = await other.acme.logoutToken({ sub: 'somebody' });
    other.acme.be('broken');
    expect(refusal(await other.workspace.providerLogout({ providerId: 'acme', logoutToken: token }))).toBe(
      'UNAVAILABLE',
    );
    other.acme.be('well');
    accepted(await other.workspace.providerLogout({ providerId: 'acme', logoutToken: token }));
  });
});
