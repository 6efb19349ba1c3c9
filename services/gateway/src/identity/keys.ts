import { createHash, timingSafeEqual } from 'node:crypto';

/** What the key in a connection's handshake entitles it to. */
export interface Entitlement {
  agent: boolean;
  admin: boolean;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Reads `auth: {key}` of a handshake, which is whatever the client sent. A key that is not configured is not asked for:
 * then everybody is entitled, which only development allows.
 */
export function createKeyCheck(keys: { agent?: string | undefined; admin?: string | undefined }) {
  const grants = (expected: string | undefined) => {
    if (expected === undefined) return () => true;
    const wanted = digest(expected);
    return (given: string | undefined) => given !== undefined && timingSafeEqual(digest(given), wanted);
  };
  const forAgent = grants(keys.agent);
  const forAdmin = grants(keys.admin);
  return (auth: unknown): Entitlement => {
    const key = typeof auth === 'object' && auth !== null && 'key' in auth ? auth.key : undefined;
    const given = typeof key === 'string' ? key : undefined;
    return { agent: forAgent(given), admin: forAdmin(given) };
  };
}
