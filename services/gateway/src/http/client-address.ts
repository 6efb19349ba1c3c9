import type { Log } from '@baton/runtime';

/** As much of an HTTP request as tells where it comes from. */
interface Arrival {
  headers: Record<string, string | string[] | undefined>;
  socket: { remoteAddress?: string | undefined };
}

/**
 * The client's network address. Each proxy appends to X-Forwarded-For the address that it was reached from, so with
 * `trustedProxies` in front of us the client is that many entries from the end; what stands before it anybody can write.
 */
export function clientAddress(request: Arrival, trustedProxies: number): string {
  const direct = request.socket.remoteAddress ?? 'unknown';
  return trustedProxies === 0 ? direct : (forwardedFor(request).at(-trustedProxies) ?? direct);
}

/**
 * `clientAddress`, with one warning when the setting does not fit what arrives: the limits by address [S3] would then
 * count all customers behind the proxy as one.
 */
export function createAddressOf(trustedProxies: number, log: Log): (request: Arrival) => string {
  let warned = false;
  return (request) => {
    const inHeader = request.headers['x-forwarded-for'] === undefined ? 0 : forwardedFor(request).length;
    // None is no fault: probes come past the proxies. More are what clients write, or proxies that need not be believed.
    const unfit = inHeader > 0 && (trustedProxies === 0 || inHeader < trustedProxies);
    if (unfit && !warned) {
      warned = true;
      const facts = { trustedProxies, inHeader, peer: request.socket.remoteAddress };
      log.warn(facts, trustedProxies === 0 ? NOT_BELIEVED : TOO_MANY_TRUSTED);
    }
    return clientAddress(request, trustedProxies);
  };
}

const CONSEQUENCE = 'until then START_RATE and ADDRESS_RATE count all customers behind a proxy as one address';
const NOT_BELIEVED = `a request came with X-Forwarded-For, which is not believed while TRUSTED_PROXIES is 0: behind proxies, set it to their number; ${CONSEQUENCE}`;
const TOO_MANY_TRUSTED = `a request came through fewer proxies than TRUSTED_PROXIES says: set it to their number; ${CONSEQUENCE}`;

function forwardedFor(request: Arrival): string[] {
  const header = request.headers['x-forwarded-for'];
  const chain = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  return chain.map((address) => address.trim()).filter((address) => address !== '');
}
