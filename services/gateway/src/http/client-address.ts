import { isIP } from 'node:net';
import type { Log } from '@baton/runtime';
import type { Networks } from '../access/network-list.ts';

/** The parts of an HTTP request that tell where it comes from. */
interface Arrival {
  headers: Record<string, string | string[] | undefined>;
  socket: { remoteAddress?: string | undefined };
}

interface Proxies {
  /** How many stand in a row in front of the gateway. */
  count: number;
  /** The networks from which proxies reach the gateway. */
  networks: Networks;
}

/** Whether this peer is one of the proxies in front of the gateway. A peer without an address is on this machine. */
export const isProxy = (peer: string | undefined, { count, networks }: Proxies): boolean =>
  count > 0 && (peer === undefined || networks(peer));

/**
 * The client's network address. Each proxy appends the address of its peer to X-Forwarded-For, so the client's is as
 * many entries from the end as there are proxies; the client itself may have written those before. A client that
 * bypasses the proxies writes the whole header, so it is believed from proxies only.
 */
export function clientAddress(request: Arrival, proxies: Proxies): string {
  const peer = request.socket.remoteAddress;
  const direct = peer ?? 'unknown';
  if (!isProxy(peer, proxies)) return direct;
  return addressIn(forwardedFor(request).at(-proxies.count) ?? '') ?? direct;
}

/**
 * `clientAddress`, which also warns once for each way in which the settings do not match the requests: the limits by
 * address [S3] then count all customers behind the proxy as one.
 */
export function createAddressOf(proxies: Proxies, log: Log): (request: Arrival) => string {
  const warned = new Set<string>();
  return (request) => {
    const warning = unfit(request, proxies);
    if (warning !== undefined && !warned.has(warning)) {
      warned.add(warning);
      const inHeader = forwardedFor(request).length;
      log.warn({ trustedProxies: proxies.count, inHeader, peer: request.socket.remoteAddress }, warning);
    }
    return clientAddress(request, proxies);
  };
}

const CONSEQUENCE = 'until then the limits by address count all customers behind a proxy as one';
const NOT_BELIEVED = `a request came with X-Forwarded-For, which is not believed while TRUSTED_PROXIES is 0: behind proxies, set it to their number; ${CONSEQUENCE}`;
const TOO_MANY_TRUSTED = `a request came through fewer proxies than TRUSTED_PROXIES says: set it to their number; ${CONSEQUENCE}`;
const PAST_THE_PROXIES = `a request came with X-Forwarded-For from outside PROXY_NETWORKS, and is not believed: if that is a proxy, add its network, and if not, let nothing but the proxies reach this port; ${CONSEQUENCE}`;

function unfit(request: Arrival, proxies: Proxies): string | undefined {
  const inHeader = request.headers['x-forwarded-for'] === undefined ? 0 : forwardedFor(request).length;
  // No entry is fine: probes bypass the proxies. More entries than proxies come from clients or from further proxies.
  if (inHeader === 0) return undefined;
  if (proxies.count === 0) return NOT_BELIEVED;
  if (!isProxy(request.socket.remoteAddress, proxies)) return PAST_THE_PROXIES;
  return inHeader < proxies.count ? TOO_MANY_TRUSTED : undefined;
}

function forwardedFor(request: Arrival): string[] {
  const header = request.headers['x-forwarded-for'];
  const chain = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  return chain.map((address) => address.trim()).filter((address) => address !== '');
}

/** Some proxies add the port: `192.0.2.1:443`, `[2001:db8::1]:443`. */
function addressIn(entry: string): string | undefined {
  const bracketed = entry.startsWith('[') ? entry.slice(1, entry.indexOf(']')) : entry;
  const address = isIP(bracketed) === 0 ? (bracketed.split(':', 1)[0] ?? '') : bracketed;
  return isIP(address) === 0 ? undefined : address;
}
