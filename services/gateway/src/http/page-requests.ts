import type { IncomingMessage } from 'node:http';
import type { HostCheck } from './hosts.ts';
import type { OriginCheck } from './origins.ts';

/**
 * Why a request of Engine.IO is refused; undefined when it is not. Asked for every request of a connection: an origin
 * that was right at the first says nothing of the next.
 */
export function createPageCheck(options: { originAllowed: OriginCheck; hostAllowed: HostCheck }) {
  return ({ headers, url }: Pick<IncomingMessage, 'headers' | 'url'>): string | undefined => {
    const { origin, host } = headers;
    // A script tag reads JSONP across origins and sends no Origin header, so no check of origins would see it.
    if (new URL(url ?? '', 'http://gateway').searchParams.has('j')) return 'JSONP is not supported.';
    if (!options.hostAllowed(host)) return 'This host name is not ours; ALLOWED_HOSTS says which are.';
    if (!options.originAllowed(origin, host))
      return 'Pages of this origin may not connect; FRONTEND_URL says which may.';
    // Whatever a browser lets a page of another site ask for without naming its origin.
    const site = headers['sec-fetch-site'];
    if (origin === undefined && (site === 'cross-site' || site === 'same-site'))
      return 'Pages of other sites may not ask without their origin.';
    return undefined;
  };
}
export type PageCheck = ReturnType<typeof createPageCheck>;
