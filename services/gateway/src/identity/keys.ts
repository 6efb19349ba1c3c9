import { createHash, timingSafeEqual } from 'node:crypto';

/** What the keys in a connection's handshake entitle it to. */
export interface Entitlement {
  agent: boolean;
  admin: boolean;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Reads `auth: {key, adminKey}` of a handshake, which is whatever the client sent. `key` is compared with the keys of
 * agents and of supervisors; `adminKey` with that of supervisors, for a connection that is both. A key that is not
 * configured is not asked for: then everybody is entitled, which only development allows.
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
    const key = textOf(auth, 'key');
    return { agent: forAgent(key), admin: forAdmin(key) || forAdmin(textOf(auth, 'adminKey')) };
  };
}

function textOf(auth: unknown, name: string): string | undefined {
  const value: unknown = typeof auth === 'object' && auth !== null ? Reflect.get(auth, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}
