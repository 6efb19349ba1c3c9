import { Unavailable, within } from '@baton/runtime';
import { createRemoteJWKSet } from 'jose';
import * as openid from 'openid-client';
import { faultOf } from './faults-openid.ts';
import { checkLogoutToken, type ProviderLogout } from './logout-token.ts';
import { type Proof, proofOf, type Reason } from './proof.ts';
import type { Provider } from './settings.ts';

/** Each request to a provider; and all of them that one login needs, before its caller gives up. */
const REQUEST_SECONDS = 3;
const WITHIN_MS = 4_000;
/** How long what a provider publishes of itself is believed. Its keys are looked up more often, by the libraries. */
const FRESH_MS = 3_600_000;
/** When it cannot be read again, the older one is believed, and the next look is so much later. */
const RETRY_MS = 60_000;
const SCOPE = 'openid email profile';

/** Where a provider sends people back to. One for each provider, so that none can pass on the answers of another. */
const callbackUrl = (publicUrl: string, providerId: string): string =>
  new URL(`login/callback/${providerId}`, publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`).toString();

/** What is needed to speak with one provider, as it has published it. */
interface Metadata {
  config: openid.Configuration;
  keys: ReturnType<typeof createRemoteJWKSet>;
}

export interface ProviderClient {
  readonly provider: Provider;
  /** @throws Unavailable */
  begin(again: boolean): Promise<{ url: string; secret: string }>;
  /** @throws Unavailable */
  finish(query: string, secret: string): Promise<Proof | Reason>;
  /** @throws Unavailable */
  checkLogout(token: string): Promise<ProviderLogout | Reason>;
}

/** Speaks OpenID Connect with a provider: the authorization code flow with PKCE, `state` and `nonce`. */
export function createProviderClient(provider: Provider, publicUrl: string): ProviderClient {
  const redirectUri = callbackUrl(publicUrl, provider.id);
  const metadata = keptFor(FRESH_MS, () => discover(provider));

  /** What the provider is asked for, as long as a caller waits. */
  const asking = async <T>(work: (metadata: Metadata) => Promise<T>): Promise<T> => {
    const done = await within(
      WITHIN_MS,
      metadata()
        .then(work)
        .then((value) => ({ value }))
        .catch(unavailable(provider)),
    );
    if (done === undefined) throw new Unavailable(`the identity provider ${provider.id} does not answer in time`);
    return done.value;
  };

  return {
    provider,
    begin: (again) =>
      asking(async ({ config }) => {
        const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
        const url = openid.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          scope: SCOPE,
          state,
          nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          ...(again && { max_age: '0' }),
        });
        return { url: url.href, secret: [verifier, state, nonce].join('.') };
      }),

    finish: (query, secret) =>
      asking(async ({ config }) => {
        const [pkceCodeVerifier = '', expectedState = '', expectedNonce = ''] = secret.split('.');
        const came = new URL(redirectUri);
        came.search = query;
        try {
          const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
          const tokens = await openid.authorizationCodeGrant(config, came, checks);
          return proofOf(tokens.claims()) ?? 'token';
        } catch (error) {
          const fault = faultOf(error);
          if (fault === undefined) throw error;
          return fault;
        }
      }),

    checkLogout: (token) =>
      asking(({ keys }) => checkLogoutToken(token, { issuer: provider.issuer, clientId: provider.clientId, keys })),
  };
}

/** What `read` gives, for so long; an older one where it fails, and one reading for all who come meanwhile. */
function keptFor<T>(milliseconds: number, read: () => Promise<T>): () => Promise<T> {
  let kept: { value: T; until: number } | undefined;
  let reading: Promise<T> | undefined;
  return async () => {
    if (kept !== undefined && Date.now() < kept.until) return kept.value;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    try {
      const value = await reading;
      kept = { value, until: Date.now() + milliseconds };
      return value;
    } catch (error) {
      if (kept === undefined) throw error;
      kept.until = Date.now() + RETRY_MS;
      return kept.value;
    }
  };
}

async function discover({ id, issuer, clientId, clientSecret }: Provider): Promise<Metadata> {
  const isLocal = new URL(issuer).protocol === 'http:';
  const [post, basic] = [openid.ClientSecretPost(clientSecret), openid.ClientSecretBasic(clientSecret)];
  const authenticate: openid.ClientAuth = (server, ...rest) =>
    (server.token_endpoint_auth_methods_supported?.includes('client_secret_post') ? post : basic)(server, ...rest);
  const config = await openid.discovery(new URL(issuer), clientId, undefined, authenticate, {
    timeout: REQUEST_SECONDS,
    execute: [
      // Without it, the signature of an ID token is not looked at.
      openid.enableNonRepudiationChecks,
      ...(isLocal ? [openid.allowInsecureRequests] : []),
    ],
  });
  const { issuer: named, jwks_uri } = config.serverMetadata();
  // To the letter: an issuer that stands for many organisations would let in the people of all of them.
  if (named !== issuer) throw new Unavailable(`the identity provider ${id} calls itself another issuer`);
  if (jwks_uri === undefined || (!isLocal && !jwks_uri.startsWith('https://')))
    throw new Unavailable(`the identity provider ${id} publishes no keys`);
  return { config, keys: createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: REQUEST_SECONDS * 1_000 }) };
}

/** What went wrong, without what the libraries add to it: that may be a token. */
const unavailable =
  ({ id }: Provider) =>
  (error: unknown): never => {
    if (error instanceof Unavailable) throw error;
    const what = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Unavailable(`the identity provider ${id} cannot be asked: ${what.slice(0, 100)}`);
  };
