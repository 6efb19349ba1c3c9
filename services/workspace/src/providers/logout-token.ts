import { exactText } from '@baton/contracts';
import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Reason } from './proof.ts';

/** How far the provider's clock and ours may differ, and how old the token of a logout may be. */
const CLOCK_SKEW_S = 60;
/** Signatures by a private key. No secret is among them, so a public key cannot pass for one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** A token that names its type must name this one; many providers name none, or JWT. */
const TYPES: readonly (string | undefined)[] = [undefined, 'jwt', 'logout+jwt'];

/** Whose logins end: those of a session at the provider, or of a person. */
export interface ProviderLogout {
  issuer: string;
  subject: string | null;
  providerSession: string | null;
  jti: string;
  issuedAt: Date;
}

const claimsOfLogout = z
  .object({
    sub: exactText(255).optional(),
    sid: exactText(255).optional(),
    jti: exactText(512),
    iat: z.number(),
    events: z.object({ [LOGOUT_EVENT]: z.looseObject({}) }),
    nonce: z.undefined().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined);

/**
 * What the token of a back-channel logout says, or why it is wrong. The caller looks whether it was seen before.
 * @throws when the provider's keys cannot be fetched
 */
export async function checkLogoutToken(
  token: string,
  {
    issuer,
    clientId,
    keys,
    now = Date.now(),
  }: { issuer: string; clientId: string; keys: JWTVerifyGetKey; now?: number },
): Promise<ProviderLogout | Reason> {
  let verified: Awaited<ReturnType<typeof jwtVerify>>;
  try {
    verified = await jwtVerify(token, keys, {
      issuer,
      audience: clientId,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_SKEW_S,
      currentDate: new Date(now),
    });
  } catch (error) {
    return reasonOf(error);
  }
  const { payload, protectedHeader } = verified;
  if (!TYPES.includes(protectedHeader.typ?.toLowerCase())) return 'event';
  const parsed = claimsOfLogout.safeParse(payload);
  if (!parsed.success) return 'event';
  const { sub = null, sid = null, jti, iat } = parsed.data;
  if (Math.abs(now / 1_000 - iat) > CLOCK_SKEW_S) return 'expired';
  return { issuer, subject: sub, providerSession: sid, jti, issuedAt: new Date(iat * 1_000) };
}

/** Keys that could not be fetched or read are no fault of the token. */
const KEYS_MISSING: readonly string[] = [errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code];

function reasonOf(error: unknown): Reason {
  if (!(error instanceof errors.JOSEError) || KEYS_MISSING.includes(error.code)) throw error;
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'issuer';
    if (error.claim === 'aud') return 'audience';
    return 'token';
  }
  return error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid ? 'token' : 'signature';
}
