const ENDINGS = ['/chat/completions', '/completions', '/responses', '/models', '/embeddings'];

/**
 * The address before `/chat/completions`. Whoever pastes the whole path gets what they meant, and is told so: `note`.
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

/** Where else an endpoint may be, when there is none at the address: what is often forgotten at its end. */
export const FORGOTTEN_PATHS = ['/v1', '/openai/v1', '/api/v1', '/v1beta/openai'];

/** For people: without a user, a password or a query, which may be secrets. */
export function shownUrl(given: string): string {
  const url = new URL(given);
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}
