const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:']);

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
  const looksLike = /(?:^|[\s/@])((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?=$|[\s/:?#])/u.exec(words.slice(0, 300))?.[1];
  if (looksLike === undefined) return undefined;
  const claimed = urlOf(`https://${looksLike}`)?.hostname ?? looksLike;
  return withoutWww(claimed) === withoutWww(target.hostname) ? undefined : target.hostname;
}

const withoutWww = (host: string): string => host.toLowerCase().replace(/^www\./, '');
