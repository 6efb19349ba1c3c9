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

/** Written instead of the dot and the slash of an address: browsers, or readers, take them for those. */
const DOTS = /[。｡．․‧·۔]/gu;
const SLASHES = /[⁄∕⧸／]/gu;
/** Nobody sees them: format characters, selectors of variants, letters without a shape. */
const UNSEEN = /[\p{Cf}\p{Cc}\p{Variation_Selector}\u115F\u1160\u3164\uFFA0]|\u034F/gu;
const HOST = /^(?:[\p{L}\p{N}\p{M}_-]+\.)+\p{L}[\p{L}\p{N}\p{M}-]+$/u;
const IPV4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/**
 * Where a link really leads, when its words look like another place: '[bank.example](https://evil.example)' gives
 * 'evil.example', to be shown beside them. Of a mail address it is the whole.
 */
export function honestHost(words: string, href: string): string | undefined {
  const target = urlOf(href);
  if (target === undefined) return undefined;
  const addresses = seenAs(words)
    .split(/[\s/:?#()[\]{}<>"'“”‘’,;!|]+/)
    .map((part) => (part.endsWith('.') ? part.slice(0, -1) : part))
    .filter((part) => isHost(part.slice(part.lastIndexOf('@') + 1)));
  const [looksLike] = addresses;
  if (looksLike === undefined) return undefined;
  if (target.protocol === 'mailto:') {
    const mailbox = readable(target.pathname);
    return addresses.some((part) => part.toLowerCase() === mailbox.toLowerCase()) ? undefined : mailbox;
  }
  if (!/^https?:$/.test(target.protocol)) return undefined;
  // 'https://bank.example@evil.example' leads to evil.example.
  if (target.username !== '') return target.hostname;
  const host = looksLike.slice(looksLike.lastIndexOf('@') + 1);
  const claimed = urlOf(`https://${host}`)?.hostname ?? host;
  return withoutWww(claimed) === withoutWww(target.hostname) ? undefined : target.hostname;
}

const isHost = (text: string): boolean => HOST.test(text) || IPV4.test(text);

/** The words as a reader sees them. */
function seenAs(words: string): string {
  return words.replace(UNSEEN, '').normalize('NFKC').replace(DOTS, '.').replace(SLASHES, '/');
}

function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const withoutWww = (host: string): string => host.toLowerCase().replace(/^www\./, '');
