import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog, createMetrics } from '@baton/runtime';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { createTokenCheck } from './check-token.ts';

const AUDIENCE = 'https://chat.example';
const secrets = [
  { kid: 'new', secret: 'n'.repeat(32) },
  { kid: 'old', secret: 'o'.repeat(32) },
];
const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
const jwk = { ...(await exportJWK(publicKey)), kid: 'pair', alg: 'RS256', use: 'sig' };
/** What the site publishes; undefined while it is down. */
let published: object | undefined = { keys: [jwk] };
const site = createServer((_, response) => {
  response.writeHead(published ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(published));
}).listen(0, '127.0.0.1');
afterAll(() => void site.close());
await new Promise((resolve) => site.once('listening', resolve));
const jwksUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}/jwks.json`;

const log = createLog({ service: 'gateway', instance: 'test', level: 'silent' });
const checkWith = (config: Partial<Parameters<typeof createTokenCheck>[0]['config']>) =>
  createTokenCheck({
    config: { CUSTOMER_JWT_SECRETS: secrets, CUSTOMER_JWKS_URL: undefined, CUSTOMER_JWT_AUDIENCE: AUDIENCE, ...config },
    log,
    metrics: createMetrics('test'),
  });
const check = checkWith({});
const both = checkWith({ CUSTOMER_JWKS_URL: jwksUrl });

const now = () => Math.floor(Date.now() / 1_000);
const good = (): JWTPayload => ({ sub: 'ada', aud: AUDIENCE, exp: now() + 600 });
const bytes = (text: string) => new TextEncoder().encode(text);
const signed = (payload: JWTPayload, secret = secrets[0]?.secret ?? '', header: { kid?: string; alg?: string } = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'HS256', ...header }).sign(bytes(secret));
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token that the site has signed', () => {
  it('proves who the customer is, with all that is signed with it', async () => {
    const more = { name: 'Ada', email: 'ada@example.com', metadata: { plan: 'pro' }, botContext: 'Be brief.' };
    const { exp = 0, ...payload } = { ...good(), ...more };
    expect(await check(await signed({ ...payload, exp }))).toEqual({
      customer: { id: 'ada', ...more },
      expiresAt: (exp + 60) * 1_000,
    });
  });

  it('may be signed with either of two secrets, named or not', async () => {
    for (const { kid, secret } of secrets) {
      expect(await check(await signed(good(), secret, { kid }))).toMatchObject({ customer: { id: 'ada' } });
      expect(await check(await signed(good(), secret))).toMatchObject({ customer: { id: 'ada' } });
    }
    expect(await check(await signed(good(), secrets[1]?.secret, { kid: 'new' }))).toBe('wrong');
  });

  it('may be signed with a private key whose public one the site publishes', async () => {
    const token = await new SignJWT(good()).setProtectedHeader({ alg: 'RS256', kid: 'pair' }).sign(privateKey);
    expect(await both(token)).toMatchObject({ customer: { id: 'ada' } });
    expect(await both(await signed(good()))).toMatchObject({ customer: { id: 'ada' } });
    expect(await check(token), 'no keys are published').toBe('wrong');
  });

  it('may be a minute late or early, as clocks differ', async () => {
    expect(await check(await signed({ ...good(), exp: now() - 50 }))).toMatchObject({ customer: { id: 'ada' } });
    expect(await check(await signed({ ...good(), nbf: now() + 50 }))).toMatchObject({ customer: { id: 'ada' } });
    expect(await check(await signed({ ...good(), exp: now() + 3_630 }))).toMatchObject({ customer: { id: 'ada' } });
  });
});

it('whatever else is wrong with a token, it proves nothing', async () => {
  const hour = 3_600;
  const { sub: _, ...nameless } = good();
  const { exp: __, ...endless } = good();
  const wrong: Record<string, string> = {
    'no token': 'hello',
    empty: '..',
    'another secret': await signed(good(), 'x'.repeat(32)),
    'a key of another name': await signed(good(), secrets[0]?.secret, { kid: 'other' }),
    expired: await signed({ ...good(), exp: now() - 61 }),
    'not yet valid': await signed({ ...good(), nbf: now() + 120 }),
    'valid for too long': await signed({ ...good(), exp: now() + hour + 90 }),
    'without an end': await signed(endless),
    'of nobody': await signed(nameless),
    'with an empty name': await signed({ ...good(), sub: '' }),
    'with more than is stored': await signed({ ...good(), metadata: { long: 'x'.repeat(17_000) } }),
    'for another installation': await signed({ ...good(), aud: 'https://other.example' }),
    unsigned: `${base64({ alg: 'none' })}.${base64(good())}.`,
    'of an algorithm that is not ours': await new SignJWT(good())
      .setProtectedHeader({ alg: 'HS512' })
      .sign(bytes('n'.repeat(64))),
    // The public key is no secret, so it must not be used as one.
    'signed with the public key': await signed(good(), JSON.stringify(jwk), { kid: 'pair' }),
    changed: (await signed(good())).replace(/\.[^.]+\./, `.${base64({ ...good(), sub: 'ben' })}.`),
  };
  for (const [what, token] of Object.entries(wrong)) expect(await both(token), what).toBe('wrong');
});

it('while the site cannot be asked for its keys, its tokens are neither good nor wrong', async () => {
  const before = published;
  published = undefined;
  const late = checkWith({ CUSTOMER_JWKS_URL: jwksUrl });
  const token = await new SignJWT(good()).setProtectedHeader({ alg: 'RS256', kid: 'pair' }).sign(privateKey);
  expect(await late(token)).toBe('unknown');
  expect(await late(await signed(good())), 'the others go on').toMatchObject({ customer: { id: 'ada' } });
  published = before;
  expect(await late(token)).toMatchObject({ customer: { id: 'ada' } });
});
