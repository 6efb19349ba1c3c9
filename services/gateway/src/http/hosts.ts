import { isIP } from 'node:net';

/**
 * The names by which the gateway may be reached. A page of any site can point its own name at this machine ("DNS
 * rebinding"): for the browser the two are then one origin, and only the Host header tells.
 *
 * Where no names are given: in production any, as one cannot be guessed there and every right needs a secret; elsewhere
 * addresses and names that nobody can own, which are localhost and those without a dot, as of a container.
 */
export function createHostCheck(options: { allowed: readonly string[] | undefined; production: boolean }) {
  const { allowed, production } = options;
  return (header: string | undefined): boolean => {
    if (header === undefined) return true;
    const name = nameOf(header);
    if (allowed?.includes(name)) return true;
    const owned = name.includes('.') && !name.endsWith('.localhost') && isIP(name) === 0;
    return allowed === undefined && production ? true : !owned && (allowed === undefined || isLoopback(name));
  };
}
export type HostCheck = ReturnType<typeof createHostCheck>;

/** This machine itself. Its probes ask by these names, whatever the names for others. */
export const isLoopback = (name: string) => name === 'localhost' || name === '127.0.0.1' || name === '::1';

/** Without port, and without the brackets of IPv6. */
function nameOf(header: string): string {
  const bracketed = header.startsWith('[') ? header.slice(1, header.indexOf(']')) : undefined;
  return (bracketed ?? header.split(':', 1)[0] ?? '').toLowerCase();
}
