import { type VerifiedCustomer, verifiedCustomer } from '@baton/contracts';
import { type Log, type Metrics, throttled } from '@baton/runtime';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { GatewayConfig } from '../../config.ts';

/** How far the clocks of the site and of this machine may differ. */
const CLOCK_SKEW_S = 60;
/** A token that is valid for longer is refused: it could not be taken back. */
const LONGEST_S = 3_600;
const KEYS_WITHIN_MS = 3_000;
/** Signatures by a private key. A shared secret is used with HS256 alone, so no public key can pass for one. */
const KEY_PAIR_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** What a token proves. */
export interface Proof {
  customer: VerifiedCustomer;
  /** In ms since 1970, clock skew included. */
  expiresAt: number;
}
/** `wrong`, whatever is wrong with it; `unknown` while the site's keys cannot be fetched. */
export type TokenCheck = (token: string) => Promise<Proof | 'wrong' | 'unknown'>;

type Settings = Pick<GatewayConfig, 'CUSTOMER_JWT_SECRETS' | 'CUSTOMER_JWKS_URL' | 'CUSTOMER_JWT_AUDIENCE'>;

/**
 * Checks the tokens by which a site says who its customer is: JWTs, signed with one of the secrets or with a key of the
 * site's JWKS. The token chooses neither the algorithm nor the kind of key.
 */
export function createTokenCheck({
  config,
  log,
  metrics,
}: {
  config: Settings;
  log: Log;
  metrics: Metrics;
}): TokenCheck {
  const checked = metrics.counter('baton_customer_tokens_total', 'Tokens of customers that were checked', ['outcome']);
  const ways = waysOf(config);
  const rules = {
    // With no audience set there are no keys either.
    audience: config.CUSTOMER_JWT_AUDIENCE ?? '',
    clockTolerance: CLOCK_SKEW_S,
    requiredClaims: ['sub', 'exp'],
  };

  const payloadOf = async (token: string): Promise<JWTPayload | 'wrong' | 'unknown'> => {
    let outcome: 'wrong' | 'unknown' = 'wrong';
    for (const { algorithms, key } of ways) {
      try {
        return (await jwtVerify(token, key, { ...rules, algorithms })).payload;
      } catch (error) {
        if (isWrong(error)) continue;
        outcome = 'unknown';
        throttled(log).warn('jwks', { err: error }, 'the keys of customer tokens could not be fetched');
      }
    }
    return outcome;
  };
  return async (token) => {
    const payload = await payloadOf(token);
    const proof = typeof payload === 'string' ? payload : proofOf(payload);
    checked.inc({ outcome: typeof proof === 'string' ? proof : 'good' });
    return proof;
  };
}

function waysOf(config: Settings): { algorithms: string[]; key: JWTVerifyGetKey }[] {
  const secrets = (config.CUSTOMER_JWT_SECRETS ?? []).map(({ kid, secret }) => {
    const bytes = new TextEncoder().encode(secret);
    const key: JWTVerifyGetKey = async (header) => {
      // The names of keys are no secret; one that is not ours need not be tried.
      if (header.kid !== undefined && kid !== undefined && header.kid !== kid) throw new errors.JWKSNoMatchingKey();
      return bytes;
    };
    return { algorithms: ['HS256'], key };
  });
  if (config.CUSTOMER_JWKS_URL === undefined) return secrets;
  const key = createRemoteJWKSet(new URL(config.CUSTOMER_JWKS_URL), { timeoutDuration: KEYS_WITHIN_MS });
  return [...secrets, { algorithms: KEY_PAIR_ALGORITHMS, key }];
}

function proofOf({ sub, exp = 0, name, email, metadata, botContext }: JWTPayload): Proof | 'wrong' {
  if (exp > Date.now() / 1_000 + LONGEST_S + CLOCK_SKEW_S) return 'wrong';
  const parsed = verifiedCustomer.safeParse({ id: sub, name, email, metadata, botContext });
  return parsed.success ? { customer: parsed.data, expiresAt: (exp + CLOCK_SKEW_S) * 1_000 } : 'wrong';
}

/** Faults of the token, as against keys that could not be fetched or read. */
const KEYS_MISSING: readonly string[] = [errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code];
const isWrong = (error: unknown): boolean => error instanceof errors.JOSEError && !KEYS_MISSING.includes(error.code);
