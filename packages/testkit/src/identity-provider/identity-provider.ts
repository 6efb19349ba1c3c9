import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWTPayload } from 'jose';
import { atEnd } from '../at-end.ts';
import { createSigner, type Signing } from './tokens.ts';

export type { JWTPayload } from 'jose';
export type { Signing } from './tokens.ts';

/** What is wrong with the ID tokens that it gives; nothing, unless a test says so. */
export interface Twist {
  signing?: Signing;
  /** In place of the right claims, or beside them; undefined leaves one out. */
  claims?: Record<string, unknown>;
  /** Given in place of a new token. */
  token?: string;
}

/** What it does when it is asked over HTTP. */
type Mood = 'well' | 'down' | 'hangs' | 'broken';

interface Grant {
  clientId: string;
  redirectUri: string;
  challenge: string;
  nonce: string | undefined;
  person: JWTPayload;
}

/** The event of a back-channel logout. */
export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const now = () => Math.floor(Date.now() / 1_000);
const formOf = async (request: IncomingMessage) => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return new URLSearchParams(Buffer.concat(pieces).toString());
};

/**
 * A real OpenID provider on this machine, until the end of the file or test that starts it. It is strict where
 * providers are (client, redirect address, PKCE, codes that are good once), and misbehaves as a test tells it to.
 */
export async function startIdentityProvider(
  client: { id: string; secret: string } = { id: 'baton', secret: 'the secret of the client' },
) {
  const signer = await createSigner();
  const grants = new Map<string, Grant>();
  const idTokens: string[] = [];
  const asked: string[] = [];
  let mood: Mood = 'well';
  let twist: Twist = {};
  let metadata: Record<string, unknown> = {};

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  atEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const json = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  const tokenFor = async ({ person, nonce, clientId }: Grant): Promise<string> => {
    if (twist.token !== undefined) return twist.token;
    const right = { iss: issuer, aud: clientId, iat: now(), exp: now() + 300, nonce };
    // What is undefined is left out.
    const claims = JSON.parse(JSON.stringify({ ...right, ...person, ...twist.claims }));
    return signer.sign(claims, { ...(twist.signing && { signing: twist.signing }) });
  };

  const exchange = async (request: IncomingMessage, response: ServerResponse) => {
    const form = await formOf(request);
    const [, basic = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    // Form-encoded before it is base64 (RFC 6749, 2.3.1).
    const decoded = (part: string) => decodeURIComponent(part.replaceAll('+', ' '));
    const [id, secret] = basic
      ? Buffer.from(basic, 'base64').toString().split(':').map(decoded)
      : [form.get('client_id'), form.get('client_secret')];
    if (id !== client.id || secret !== client.secret) return json(response, 400, { error: 'invalid_client' });
    const code = form.get('code') ?? '';
    const grant = grants.get(code);
    grants.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant?.redirectUri !== form.get('redirect_uri') || grant?.challenge !== challenge)
      return json(response, 400, { error: 'invalid_grant' });
    const token = await tokenFor(grant);
    idTokens.push(token);
    return json(response, 200, { access_token: randomUUID(), token_type: 'Bearer', id_token: token });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const path = request.url ?? '/';
    asked.push(path);
    if (mood === 'down') return request.socket.destroy();
    if (mood === 'hangs') return undefined;
    if (mood === 'broken') return response.writeHead(503).end('Back soon.');
    if (path === '/token') return exchange(request, response);
    if (path === '/keys') return json(response, 200, signer.jwks);
    if (path !== '/.well-known/openid-configuration') return response.writeHead(404).end();
    return json(response, 200, {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      // Careless, as some are: what attackers try is not refused for want of its name here.
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      code_challenge_methods_supported: ['S256'],
      ...metadata,
    });
  };

  return {
    issuer,
    client,
    /** The paths that were asked for. */
    asked,
    /** The ID tokens that it has given. */
    idTokens,
    be(next: Mood): void {
      mood = next;
    },
    twist(next: Twist): void {
      twist = next;
    },
    /** Other metadata than the right ones. */
    publish(next: Record<string, unknown>): void {
      metadata = next;
    },

    /** The person's browser goes to the address and they log in: what stands behind `?` where it is sent back to. */
    logIn(url: string, person: JWTPayload): string {
      const { searchParams } = new URL(url);
      const asks = (name: string) => searchParams.get(name) ?? undefined;
      if (asks('client_id') !== client.id || asks('response_type') !== 'code') throw new Error('not our client');
      if (asks('code_challenge_method') !== 'S256') throw new Error('no PKCE');
      const code = randomUUID();
      grants.set(code, {
        clientId: client.id,
        redirectUri: asks('redirect_uri') ?? '',
        challenge: asks('code_challenge') ?? '',
        nonce: asks('nonce'),
        person,
      });
      return new URLSearchParams({ code, state: asks('state') ?? '' }).toString();
    },

    /** The token of a back-channel logout; the right claims, but for those that are given. */
    logoutToken(claims: Record<string, unknown>, signing?: Signing, header: object = { typ: 'logout+jwt' }) {
      const right = { iss: issuer, aud: client.id, iat: now(), exp: now() + 120, jti: randomUUID() };
      const all = { ...right, events: { [LOGOUT_EVENT]: {} }, ...claims };
      return signer.sign(JSON.parse(JSON.stringify(all)), { header, ...(signing && { signing }) });
    },
  };
}
export type IdentityProvider = Awaited<ReturnType<typeof startIdentityProvider>>;
