const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:']);
const HOST = /^(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}$/u;

/** Undefined for what is no address. `URL.parse` is younger than the browsers that we serve. */
function urlOf(written: string): URL | undefined {
  try {
    return new URL(written);
  } catch {
    return undefined;
  }
}

/** The address of a link that may be followed, as the browser will read it; undefined for every other. */
export function safeHref(written: string): string | undefined {
  const url = urlOf(written);
  return url !== undefined && PROTOCOLS.has(url.protocol) ? url.href : undefined;
}

/**
 * Where a link really leads, when its words look like another place: '[bank.example](https://evil.example)' gives
 * 'evil.example', to be shown beside them.
 */
export function honestHost(words: string, href: string): string | undefined {
  const target = urlOf(href);
  if (target === undefined || !/^https?:$/.test(target.protocol)) return undefined;
  const parts = words.slice(0, 300).split(/[\s/:?#]/);
  const looksLike = parts.map((part) => part.slice(part.lastIndexOf('@') + 1)).find((part) => HOST.test(part));
  if (looksLike === undefined) return undefined;
  const claimed = urlOf(`https://${looksLike}`)?.hostname ?? looksLike;
  return withoutWww(claimed) === withoutWww(target.hostname) ? undefined : target.hostname;
}

const withoutWww = (host: string): string => host.toLowerCase().replace(/^www\./, '');
