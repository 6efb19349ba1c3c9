const ENDINGS = ['/chat/completions', '/completions', '/responses', '/models', '/embeddings'];

/**
 * The URL before `/chat/completions`. A pasted full path is accepted, and `note` says so.
 */
export function readBaseUrl(given: string): { url: string; note: string | undefined } {
  const url = new URL(given);
  const path = url.pathname.endsWith('/') ? url.pathname.slice(0, -1) : url.pathname;
  const ending = ENDINGS.find((end) => path.endsWith(end));
  url.pathname = ending === undefined ? path : path.slice(0, -ending.length);
  const text = url.pathname === '/' && url.search === '' ? url.href.slice(0, -1) : url.href;
  return {
    url: text,
    note: ending === undefined ? undefined : `OPENAI_BASE_URL ends with ${ending}, which is left out`,
  };
}

/** Paths that are often forgotten at the end of the URL. */
export const FORGOTTEN_PATHS = ['/v1', '/openai/v1', '/api/v1', '/v1beta/openai'];

/** The URL for logs: without user, password and query, which may be secrets. */
export function shownUrl(given: string): string {
  const url = new URL(given);
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}
