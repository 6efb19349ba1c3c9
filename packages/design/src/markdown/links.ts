import { seenAs } from './seen-as.ts';

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:']);
/** What cannot be within the name of a host. */
const BESIDE_HOSTS = /[^\p{L}\p{M}\p{N}._-]/u;
const TOP_LEVEL = /^\p{L}[\p{L}\p{M}\p{N}-]+$/u;
const NUMBER = /^\d{1,3}$/;
/** Fewer are no telephone number. */
const PHONE_DIGITS = 5;

/** Undefined for what is no address. `URL.parse` is younger than the browsers that we serve. */
export function urlOf(written: string): URL | undefined {
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
 * 'evil.example', to be shown beside them. Words are judged as they look, not as they are written. What looks like an
 * address anywhere in them counts; of a whole address, the host.
 */
export function undisguisedHost(words: string, href: string): string | undefined {
  const target = urlOf(href);
  if (target === undefined) return undefined;
  const seen = seenAs(words).toLowerCase();
  switch (target.protocol) {
    case 'http:':
    case 'https:':
      // 'https://bank.example@evil.example' leads to evil.example, whatever its words are.
      if (target.username !== '' && claimsIn(seen).length > 0) return target.hostname;
      return claimsIn(seen).some((claim) => !isSame(claim, target.hostname)) ? target.hostname : undefined;
    case 'mailto:': {
      const mailbox = readable(target.pathname);
      return claimsIn(seen).length > 0 && !seen.includes(mailbox.toLowerCase()) ? mailbox : undefined;
    }
    default: {
      const [claimed, leadsTo] = [digitsOf(seen), digitsOf(target.pathname)];
      // With or without the number of the country.
      const same = leadsTo.endsWith(claimed.replace(/^0/, '')) || claimed.endsWith(leadsTo);
      return claimed.length >= PHONE_DIGITS && !same ? target.pathname : undefined;
    }
  }
}

/** The hosts that words look like. */
function claimsIn(words: string): string[] {
  return words.split(/\s/).flatMap((word) => {
    const scheme = word.indexOf('://');
    const rest = scheme < 0 ? word : word.slice(scheme + '://'.length);
    const begin = rest.search(/[\p{L}\p{N}]/u);
    // A path and what follows it may name any other host; that is where an address leads, not where it is.
    const [authority = ''] = rest.slice(Math.max(0, begin)).split(/[/?#\\]/, 1);
    const at = authority.lastIndexOf('@');
    // Of a letter's address what is behind the sign; in any other it hides the host behind a name that looks like one.
    const isMail = scheme < 0 && !authority.slice(0, Math.max(0, at)).includes(':');
    const hosts = hostsIn(isMail ? authority.slice(at + 1) : authority);
    return hosts.length > 0 ? hosts : hostsIn(rest);
  });
}

const hostsIn = (text: string): string[] =>
  text.split(BESIDE_HOSTS).flatMap((part) => {
    const labels = part.split('.').filter((label) => label !== '');
    const looksLikeOne =
      labels.length > 1 && (TOP_LEVEL.test(labels.at(-1) ?? '') || (labels.length === 4 && labels.every(isNumber)));
    return looksLikeOne ? [labels.join('.')] : [];
  });

const isNumber = (label: string): boolean => NUMBER.test(label);

/** As a browser would read it: `ä` and its spelling in ASCII are one host. */
const isSame = (claim: string, hostname: string): boolean =>
  withoutWww(urlOf(`https://${claim}`)?.hostname ?? claim) === withoutWww(hostname);

function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const withoutWww = (host: string): string => host.replace(/^www\./, '');

const digitsOf = (text: string): string => text.replace(/\D/g, '');
