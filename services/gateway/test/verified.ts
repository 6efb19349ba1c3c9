import { newId } from '@baton/runtime';
import { SignJWT } from 'jose';
import { granted, type TestClient } from './gateways.ts';

/** A site that signs tokens for its customers, and customers who present them. */

const AUDIENCE = 'https://chat.example';
const SECRET = 's'.repeat(32);
/** For a gateway that accepts the site's tokens. */
export const siteEnv = { CUSTOMER_JWT_SECRETS: `site:${SECRET}`, CUSTOMER_JWT_AUDIENCE: AUDIENCE };

/** A token for a customer of the site. Further claims are signed as they are given. */
export const tokenOf = (
  sub: string,
  {
    seconds = 600,
    audience = AUDIENCE,
    ...claims
  }: Record<string, unknown> & { seconds?: number; audience?: string } = {},
): Promise<string> =>
  new SignJWT({ sub, aud: audience, exp: Math.floor(Date.now() / 1_000) + seconds, ...claims })
    .setProtectedHeader({ alg: 'HS256', kid: 'site' })
    .sign(new TextEncoder().encode(SECRET));

export const anonymous = () => `visitor-${newId().replaceAll('-', '')}`;
export const start = async (one: TestClient, userId = anonymous()) =>
  granted(await one.ask('customer:start_chat', { userId }));
export const resume = (one: TestClient, { session, token }: Awaited<ReturnType<typeof start>>) =>
  one.ask('customer:resume_chat', { sessionId: session.id, token, lastSeq: 0 });
export const codeOf = (reply: { ok: boolean; code?: string }) => (reply.ok ? 'ok' : reply.code);
