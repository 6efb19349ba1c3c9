import type { IncomingMessage, Server } from 'node:http';
import type { Answer } from './answer.ts';

/**
 * Serves the gateway below a path of a site, such as `/support/`. Pages, assets, API and sockets are the same below it
 * and at the root, so a proxy may forward paths with or without the prefix. Call it after all other listeners are
 * added: its own must come first.
 */
export function serveBelow(http: Server, basePath: string): void {
  if (basePath === '/') return;
  const strip = (request: IncomingMessage): void => {
    if (request.url?.startsWith(basePath)) request.url = request.url.slice(basePath.length - 1);
  };
  http.prependListener('request', strip);
  http.prependListener('upgrade', strip);
}

/** Links in a page are relative to its path, so the base path itself must end with a slash. */
export function toFolder(path: string, query: string | undefined, basePath: string): Answer | undefined {
  if (basePath === '/' || `${path}/` !== basePath) return undefined;
  return { status: 307, headers: { location: query === undefined ? basePath : `${basePath}?${query}` } };
}
