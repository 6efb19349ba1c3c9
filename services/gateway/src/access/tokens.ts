import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token lets its bearer resume. A token for one purpose proves nothing for the other. */
export type TokenPurpose = 'session' | 'agent';

const VERSION = 'v1';
/** Of a token that is not renewed by a return. */
const LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000;

export interface Tokens {
  /**
   * A token for the session or agent with this id, valid for 30 days. Every return gives a fresh one; none is valid
   * after `lastUntil`, in ms since 1970.
   */
  issue(purpose: TokenPurpose, id: string, lastUntil?: number, now?: number): string;
  /** Whether the token was issued by us, for this purpose and id, and has not expired. Accepts any string. */
  verify(purpose: TokenPurpose, id: string, token: string, now?: number): boolean;
}

/**
 * Stateless tokens: `v1.<expiry, base 36>.<HMAC-SHA256, base64url>`. The MAC covers version, purpose, id and expiry, so
 * a token proves nothing else. Every gateway with the same secret accepts them.
 * @param previous a secret that is being replaced: what it signed is believed, and nothing more is signed with it
 */
export function createTokens(secret: string, previous?: string): Tokens {
  const believed = previous === undefined ? [secret] : [secret, previous];
  const macBy = (secret: string, purpose: TokenPurpose, id: string, expiry: string) =>
    // None of the four contains a line feed, so no two inputs collide.
    createHmac('sha256', secret).update(`baton ${VERSION}\n${purpose}\n${id}\n${expiry}`).digest();

  return {
    issue(purpose, id, lastUntil = Number.POSITIVE_INFINITY, now = Date.now()) {
      const expiry = Math.min(now + LIFETIME_MS, lastUntil).toString(36);
      return `${VERSION}.${expiry}.${macBy(secret, purpose, id, expiry).toString('base64url')}`;
    },
    verify(purpose, id, token, now = Date.now()) {
      const [version, expiry = '', given = '', ...rest] = token.split('.');
      const givenMac = Buffer.from(given, 'base64url');
      const isFrom = (secret: string) => {
        const expected = macBy(secret, purpose, id, expiry);
        return givenMac.length === expected.length && timingSafeEqual(givenMac, expected);
      };
      const genuine = believed.some(isFrom);
      return genuine && version === VERSION && rest.length === 0 && Number.parseInt(expiry, 36) > now;
    },
  };
}
