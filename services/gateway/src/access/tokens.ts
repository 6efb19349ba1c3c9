import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token lets its bearer come back as. A token for one purpose proves nothing for the other. */
export type TokenPurpose = 'session' | 'agent';

const VERSION = 'v1';
/** Of a token that nobody comes back with. */
const LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000;

export interface Tokens {
  /**
   * A token for the session or agent with this id, good for 30 days; every return gives a fresh one, but none is good
   * for longer than until `lastUntil`, in ms since 1970.
   */
  issue(purpose: TokenPurpose, id: string, lastUntil?: number, now?: number): string;
  /** Whether the token was issued by us, for this purpose and id, and is not too old. Any string may be asked about. */
  verify(purpose: TokenPurpose, id: string, token: string, now?: number): boolean;
}

/**
 * Tokens that need no storage: `v1.<expiry, base 36>.<HMAC-SHA256, base64url>`. The MAC covers version, purpose, id and
 * expiry, so that nothing of it can be put to another use. Every gateway with the same secret accepts them.
 */
export function createTokens(secret: string): Tokens {
  const mac = (purpose: TokenPurpose, id: string, expiry: string) =>
    // None of the four can contain a line feed, so no two inputs read the same.
    createHmac('sha256', secret).update(`baton ${VERSION}\n${purpose}\n${id}\n${expiry}`).digest();

  return {
    issue(purpose, id, lastUntil = Number.POSITIVE_INFINITY, now = Date.now()) {
      const expiry = Math.min(now + LIFETIME_MS, lastUntil).toString(36);
      return `${VERSION}.${expiry}.${mac(purpose, id, expiry).toString('base64url')}`;
    },
    verify(purpose, id, token, now = Date.now()) {
      const [version, expiry = '', given = '', ...rest] = token.split('.');
      const givenMac = Buffer.from(given, 'base64url');
      const expected = mac(purpose, id, expiry);
      const genuine = givenMac.length === expected.length && timingSafeEqual(givenMac, expected);
      return genuine && version === VERSION && rest.length === 0 && Number.parseInt(expiry, 36) > now;
    },
  };
}
