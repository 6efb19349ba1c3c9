import type { IncomingMessage } from 'node:http';
import type { HostCheck } from './hosts.ts';
import type { OriginCheck } from './origins.ts';

/**
 * Why a request to Engine.IO is refused; undefined when it is not. Every request of a connection is checked: the origin
 * of the first says nothing about the next.
 */
export function createPageCheck(options: { originAllowed: OriginCheck; hostAllowed: HostCheck }) {
  return ({ headers, url }: Pick<IncomingMessage, 'headers' | 'url'>): string | undefined => {
    const { origin, host } = headers;
    // A script tag reads JSONP across origins and sends no Origin header, so a check of origins would miss it.
    if (new URL(url ?? '', 'http://gateway').searchParams.has('j')) return 'JSONP is not supported.';
    if (!options.hostAllowed(host)) return 'This host name is not ours; ALLOWED_HOSTS says which are.';
    if (!options.originAllowed(origin, host))
      return 'Pages of this origin may not connect; FRONTEND_URL says which may.';
    // Requests that a browser sends for a page of another site without an Origin header.
    const site = headers['sec-fetch-site'];
    if (origin === undefined && (site === 'cross-site' || site === 'same-site'))
      return 'Pages of other sites may not ask without their origin.';
    return undefined;
  };
}
export type PageCheck = ReturnType<typeof createPageCheck>;
