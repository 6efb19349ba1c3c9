import { createHash, timingSafeEqual } from 'node:crypto';
import type { GuessGuard } from './guesses.ts';

/** What the keys in a connection's handshake entitle it to. */
export interface Entitlement {
  agent: boolean;
  admin: boolean;
  /** The keys were not checked, as too many wrong ones came from this network. They may be checked later. */
  locked: boolean;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Checks `auth: {key, adminKey}` of a handshake, which may hold anything. `key` is compared with the agents' and the
 * supervisors' key; `adminKey` with the supervisors', for a connection that is both. A key that is not configured is
 * not required: everybody is entitled then, which only development allows.
 *
 * Digests are compared in constant time.
 * @param options.onWrong the client presented a wrong key
 */
export function createKeyCheck(options: {
  agent?: string | undefined;
  admin?: string | undefined;
  guard: GuessGuard;
  onWrong?: (address: string) => void;
}) {
  const { guard } = options;
  const matches = (expected: string | undefined) => {
    const wanted = expected === undefined ? undefined : digest(expected);
    return (given: string | undefined) =>
      given !== undefined && wanted !== undefined && timingSafeEqual(digest(given), wanted);
  };
  const isAgents = matches(options.agent);
  const isAdmins = matches(options.admin);
  const free = { agent: options.agent === undefined, admin: options.admin === undefined };

  return (auth: unknown, address: string): Entitlement => {
    const key = textOf(auth, 'key');
    const adminKey = textOf(auth, 'adminKey');
    if ((free.agent && free.admin) || (key === undefined && adminKey === undefined)) return { ...free, locked: false };
    if (guard.isLocked(address)) return { ...free, locked: true };
    const agent = isAgents(key);
    const admin = isAdmins(key);
    const adminToo = isAdmins(adminKey);
    const wrong = [agent || admin ? undefined : key, adminToo ? undefined : adminKey].filter(
      (one) => one !== undefined,
    );
    for (const one of wrong) guard.failed(address, one);
    if (wrong.length > 0) options.onWrong?.(address);
    return { agent: free.agent || agent, admin: free.admin || admin || adminToo, locked: false };
  };
}

function textOf(auth: unknown, name: string): string | undefined {
  const value: unknown = typeof auth === 'object' && auth !== null ? Reflect.get(auth, name) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
