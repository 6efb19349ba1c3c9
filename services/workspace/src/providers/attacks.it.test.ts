import { testSpace } from '@baton/testkit';
import type { Twist } from '@baton/testkit/identity-provider';
import { afterEach, describe, expect, it } from 'vitest';
import { startWithProviders } from '../../test/providers.ts';
import { accepted, refusal } from '../../test/workspace.ts';

const space = await testSpace();
const parts = await startWithProviders(space);
const { workspace, database, acme, strict, lines, begin, finish, logInBy, known, invite, colleague, audited } = parts;

/** One that has not been asked for anything yet. */
const other = await startWithProviders(await testSpace());

const seconds = (from: number) => Math.floor(Date.now() / 1_000) + from;
const REFUSED = {
  ok: false,
  code: 'UNAUTHENTICATED',
  message: 'You could not be logged in by this provider. Begin again.',
};
const loginCount = async () => (await database.statement('SELECT 1 FROM logins')).length;

afterEach(() => {
  for (const provider of [acme, strict]) {
    provider.twist({});
    provider.be('well');
  }
});

/** Somebody who can log in, so that nothing but the attack speaks against it. */
const { person } = await colleague();
accepted(await logInBy(person));

/** Refused like everything else, without a login, and told to operators once: its reason and nothing of a token. */
async function refusedFor(reason: string, attempt: () => Promise<unknown>) {
  const [logins, before, noted] = [await loginCount(), lines.length, (await audited('login.refused')).length];
  expect(await attempt()).toEqual(REFUSED);
  expect(await loginCount()).toBe(logins);
  const told = lines.slice(before);
  expect(told).toEqual([
    {
      facts: { provider: expect.stringMatching(/^(acme|strict)$/), reason },
      message: 'a login by a provider is refused',
    },
  ]);
  expect((await audited('login.refused')).slice(noted).map(({ details }) => JSON.parse(details).reason)).toEqual([
    reason,
  ]);
}

describe('an ID token', () => {
  it.each<[string, string, () => Twist]>([
    ['that has expired', 'expired', () => ({ claims: { exp: seconds(-31) } })],
    ['without an end', 'token', () => ({ claims: { exp: undefined } })],
    ['of another audience', 'audience', () => ({ claims: { aud: 'another client' } })],
    ['for us and for another party', 'audience', () => ({ claims: { aud: ['baton', 'another client'] } })],
    ['issued to another party', 'audience', () => ({ claims: { aud: ['baton', 'else'], azp: 'another client' } })],
    ['of another issuer', 'issuer', () => ({ claims: { iss: strict.issuer } })],
    ['of another login', 'nonce', () => ({ claims: { nonce: 'of another login' } })],
    ['of no login', 'token', () => ({ claims: { nonce: undefined } })],
    ['that is replayed', 'nonce', () => ({ token: acme.idTokens[0] ?? '' })],
    ['signed by a foreign key', 'signature', () => ({ signing: 'foreign key' })],
    ['with alg none', 'signature', () => ({ signing: 'none' })],
    ['with HS256 and the public key as its secret', 'signature', () => ({ signing: 'public key as secret' })],
    ['without its signature', 'signature', () => ({ signing: 'cut off' })],
    ['without a subject', 'token', () => ({ claims: { sub: undefined } })],
    ['with a subject that cannot be kept', 'token', () => ({ claims: { sub: 'a\0b' } })],
    ['that is no token', 'token', () => ({ token: 'no token' })],
    ['that is not even base64', 'token', () => ({ token: '%.%.%' })],
  ])('%s is refused', async (_, reason, twist) => {
    acme.twist(twist());
    await refusedFor(reason, () => logInBy(person));
    acme.twist({});
    expect((await logInBy(person)).ok).toBe(true);
  });

  it('from before a logout of its session, which came in between, is refused', async () => {
    const { url, secret } = await begin();
    const query = acme.logIn(url, { ...person, sid: 'ended meanwhile' });
    accepted(
      await workspace.providerLogout({
        providerId: 'acme',
        logoutToken: await acme.logoutToken({ sid: 'ended meanwhile' }),
      }),
    );
    await refusedFor('logged out', () => finish({ query, secret }));
  });
});

describe('what comes back from a provider', () => {
  it('is good once', async () => {
    const { url, secret } = await begin();
    const query = acme.logIn(url, person);
    expect((await finish({ query, secret })).ok).toBe(true);
    await refusedFor('browser', () => finish({ query, secret }));
  });

  it('is good once also when it comes twice at once, and after a refusal not at all', async () => {
    const [one, two] = [await begin(), await begin()];
    const query = acme.logIn(one.url, person);
    const replies = await Promise.all([finish({ query, ...one }), finish({ query, ...one })]);
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
    await refusedFor('callback', () => finish({ query: 'code=x&state=guessed', ...two }));
    await refusedFor('browser', () => finish({ query: acme.logIn(two.url, person), ...two }));
  });

  it('is nothing in another browser, nor with the secret of another login', async () => {
    const [victim, attacker] = [await begin(), await begin()];
    const query = acme.logIn(victim.url, person);
    await refusedFor('browser', () => finish({ query, secret: '' }));
    await refusedFor('callback', () => finish({ query, secret: attacker.secret }));
  });

  it('with the code of another login is refused by PKCE', async () => {
    const [victim, attacker] = [await begin(), await begin()];
    const code = new URLSearchParams(acme.logIn(victim.url, person)).get('code') ?? '';
    const state = new URL(attacker.url).searchParams.get('state') ?? '';
    const query = new URLSearchParams({ code, state }).toString();
    await refusedFor('code', () => finish({ query, secret: attacker.secret }));
  });

  it.each([
    ['without state', (query: string) => query.replace(/&state=.*/, '')],
    ['with a state of its own', (query: string) => query.replace(/state=.*/, 'state=mine')],
    ['with another state besides', (query: string) => `${query}&state=mine`],
    ['by another issuer', (query: string) => `${query}&iss=${encodeURIComponent('https://evil.example')}`],
  ])('%s is refused, and the provider is not asked', async (_, changed) => {
    const { url, secret } = await begin();
    const asked = acme.asked.length;
    const reply = await finish({ query: changed(acme.logIn(url, person)), secret });
    expect(reply).toEqual(REFUSED);
    expect(acme.asked).toHaveLength(asked);
  });

  it('at the address of another provider is refused', async () => {
    const { url, secret } = await begin();
    await refusedFor('browser', () => finish({ query: acme.logIn(url, person), secret, providerId: 'strict' }));
  });

  it('may be a refusal', async () => {
    const { url, secret } = await begin();
    const state = new URL(url).searchParams.get('state') ?? '';
    await refusedFor('declined', () => finish({ query: `error=access_denied&state=${state}`, secret }));
  });

  it('leaves nothing of a token, a code or a secret in a log or in the audit log', async () => {
    const text = JSON.stringify(lines) + JSON.stringify(await audited('login.refused'));
    for (const token of acme.idTokens) expect(text).not.toContain(token.split('.')[1]);
    expect(text).not.toContain(person.email);
    expect(text).not.toContain(acme.client.secret);
  });
});

describe('while a provider', () => {
  it.each(['down', 'broken', 'hangs'] as const)(
    'is %s, a login there is UNAVAILABLE, and passwords go on',
    async (mood) => {
      const account = await parts.person();
      const { url, secret } = await begin();
      acme.be(mood);
      const address = `a network while it ${mood}`;
      expect(refusal(await finish({ query: acme.logIn(url, person), secret, address }))).toBe('UNAVAILABLE');
      const [row] = await database.statement<{ failures: number }>(
        'SELECT failures FROM login_failures WHERE key = $1',
        `address:${address}`,
      );
      expect(row).toEqual({ failures: 0 });
      expect((await parts.logIn(account.mail)).ok).toBe(true);
      expect((await logInBy({ ...known(), email: 'on@example.com' }, 'strict')).ok).toBe(false);
      acme.be('well');
      expect((await logInBy(person)).ok).toBe(true);
    },
  );

  it('was never there, or calls itself otherwise than we do, its logins are UNAVAILABLE until it is right', async () => {
    const start = () => other.workspace.beginProviderLogin({ providerId: 'acme', addressHash: 'a network' });
    other.acme.be('down');
    expect(refusal(await start())).toBe('UNAVAILABLE');
    other.acme.be('well');
    other.acme.publish({ issuer: `${other.acme.issuer}/everybody` });
    expect(refusal(await start())).toBe('UNAVAILABLE');
    other.acme.publish({});
    accepted(await start());
  });

  it('does not know us, it is our fault and none of the person', async () => {
    const { url, secret } = await begin();
    acme.client.secret += ' changed';
    expect(refusal(await finish({ query: acme.logIn(url, person), secret }))).toBe('UNAVAILABLE');
    acme.client.secret = acme.client.secret.replace(' changed', '');
    await invite('later@example.com');
    expect((await logInBy(known({ email: 'later@example.com' }))).ok).toBe(true);
  });
});
