import { isIP } from 'node:net';

/**
 * The host names by which the gateway may be reached. Any site can point its own name at this machine ("DNS
 * rebinding"): the browser then sees one origin, and only the Host header reveals it.
 *
 * Without a list, production accepts every name, because every right needs a secret there. Elsewhere only addresses and
 * names that nobody can register are accepted: localhost, and names without a dot, such as a container's.
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

/** This machine itself. Local probes use these names, whatever ALLOWED_HOSTS says. */
export const isLoopback = (name: string) => name === 'localhost' || name === '127.0.0.1' || name === '::1';

/** Without port, and without the brackets of IPv6. */
function nameOf(header: string): string {
  const bracketed = header.startsWith('[') ? header.slice(1, header.indexOf(']')) : undefined;
  return (bracketed ?? header.split(':', 1)[0] ?? '').toLowerCase();
}
