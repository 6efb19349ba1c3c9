import { z } from 'zod';
import { endpoint } from '../wire/endpoint.ts';
import { addressHash, device } from './credentials.ts';
import { loginAnswer } from './logins.ts';

/** One that the operator has set up: the end of its callback address. */
export const providerId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must have at most 32 lower-case letters, digits and dashes');

/** One of those on the login page. */
export const identityProvider = z
  .object({ id: providerId, label: z.string().describe('for a button') })
  .meta({ id: 'IdentityProvider' });

export const providerEndpoints = {
  listProviders: endpoint({
    summary: 'The identity providers at which people may log in, for the login page.',
    request: z.object({}),
    value: z.object({ providers: z.array(identityProvider) }),
  }),
  beginProviderLogin: endpoint({
    summary:
      'Begin a login at an identity provider: the address to go to, and a secret for this browser. Both are good for ten minutes and for one return.',
    request: z.object({
      providerId,
      again: z
        .boolean()
        .default(false)
        .describe('ask the provider to have the person prove anew who they are, as after LOGIN_TOO_OLD'),
      addressHash,
    }),
    value: z.object({
      url: z.string().describe('of the provider; it leads back to `<PUBLIC_URL>/login/callback/<providerId>`'),
      secret: z.string().describe('for a cookie of this browser that scripts cannot read, and nowhere else'),
    }),
    // A repeat begins one more.
    repeatable: false,
    refusals: ['NOT_FOUND', 'RATE_LIMITED'],
  }),
  finishProviderLogin: endpoint({
    summary:
      'Finish a login that comes back from its provider. Whatever is wrong with it, there is one refusal, and it begins anew. While the provider cannot be reached: UNAVAILABLE.',
    request: z.object({
      providerId: z.string().max(128).describe('the end of the path that was called back'),
      query: z.string().max(8_192).describe('what stands behind `?` there, unchanged'),
      secret: z.string().max(256).describe('from the cookie; empty when there is none'),
      addressHash,
      device,
    }),
    value: loginAnswer,
    // A repeat finds it used.
    repeatable: false,
    refusals: ['UNAUTHENTICATED', 'RATE_LIMITED'],
  }),
  providerLogout: endpoint({
    summary:
      'A provider says that somebody has logged out there (OpenID Connect Back-Channel Logout): the logins that this session, or this person, has by it end. Whatever is wrong with the token, there is one refusal.',
    request: z.object({
      providerId: z.string().max(128).describe('the end of the path that was called'),
      logoutToken: z.string().max(16_384),
    }),
    value: z.object({}),
    // A repeat finds the token used.
    repeatable: false,
    refusals: ['UNAUTHENTICATED'],
  }),
} as const;
