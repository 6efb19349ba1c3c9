import type { IncomingMessage, Server } from 'node:http';
import type { Answer } from './answer.ts';

/**
 * Lets the gateway stand below a path of a site, such as `/support/`. What is asked for below it is what stands at the
 * root, pages, assets, API and sockets alike; so a proxy may pass paths on as they are, or without it.
 * Call it when everything else listens: it must be the first.
 */
export function standBelow(http: Server, basePath: string): void {
  if (basePath === '/') return;
  const strip = (request: IncomingMessage): void => {
    if (request.url?.startsWith(basePath)) request.url = request.url.slice(basePath.length - 1);
  };
  http.prependListener('request', strip);
  http.prependListener('upgrade', strip);
}

/** Addresses in a page go by where it stands, so the path itself must end like a folder. */
export function toFolder(path: string, query: string | undefined, basePath: string): Answer | undefined {
  if (basePath === '/' || `${path}/` !== basePath) return undefined;
  return { status: 307, headers: { location: query === undefined ? basePath : `${basePath}?${query}` } };
}
