import { safeHref } from './links.ts';
import type { Inline } from './tree.ts';

const BEGINS = /https?:\/\/|www\.|@/gi;
const LATIN = /[a-z0-9]/i;
/** Where an address surely ends. The full-width marks end sentences that are written without spaces. */
const ADDRESS = /[^\s<>"`。｡，､、；：？！…“”‘’「」『』（）【】《》〈〉［］]+/y;
const LOCAL_PART = /[a-z0-9._+-]/i;
const DOMAIN = /[a-z0-9_-]+(?:\.[a-z0-9_-]+)+/iy;
const LONGEST_LOCAL_PART = 64;

interface Found {
  href: string;
  begin: number;
  end: number;
}

/**
 * The text with its web and mail addresses as links, as GitHub finds them (GFM, "autolinks"), and in text without
 * spaces too. Time grows with its length, whatever it is.
 */
export function withBareLinks(text: string): Inline[] {
  const pieces: Inline[] = [];
  let done = 0;
  BEGINS.lastIndex = 0;
  for (let match = BEGINS.exec(text); match !== null; match = BEGINS.exec(text)) {
    const found = match[0] === '@' ? mail(text, match.index, done) : web(text, match.index, match[0]);
    if (found === undefined) continue;
    if (found.begin > done) pieces.push({ type: 'text', text: text.slice(done, found.begin) });
    pieces.push({
      type: 'link',
      href: found.href,
      children: [{ type: 'text', text: text.slice(found.begin, found.end) }],
    });
    done = found.end;
    BEGINS.lastIndex = done;
  }
  if (done < text.length) pieces.push({ type: 'text', text: text.slice(done) });
  return pieces;
}

function web(text: string, begin: number, mark: string): Found | undefined {
  if (LATIN.test(text[begin - 1] ?? ' ')) return undefined;
  ADDRESS.lastIndex = begin;
  const shown = withoutPunctuation(ADDRESS.exec(text)?.[0] ?? '');
  const bare = mark.toLowerCase() === 'www.';
  const host = (bare ? shown : shown.slice(mark.length)).split(/[/?#]/, 1)[0] ?? '';
  const labels = host.split('.');
  // GFM: no underscore in the last two.
  if (host === '' || (bare && (labels.length < 2 || labels[1] === '')) || labels.slice(-2).join('').includes('_'))
    return undefined;
  const href = safeHref(bare ? `http://${shown}` : shown);
  return href === undefined ? undefined : { href, begin, end: begin + shown.length };
}

/** Punctuation at the end belongs to the sentence, and a bracket to the text that opened it. */
function withoutPunctuation(address: string): string {
  const over = { ')': surplus(address, '(', ')'), ']': surplus(address, '[', ']') };
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1] ?? '';
    if (/[?!.,:;*_~'|]/.test(last)) continue;
    if ((last === ')' || last === ']') && over[last] > 0) over[last] -= 1;
    else break;
  }
  return address.slice(0, end);
}

function surplus(text: string, opening: string, closing: string): number {
  let open = 0;
  for (const character of text) {
    if (character === closing) open += 1;
    else if (character === opening) open -= 1;
  }
  return open;
}

function mail(text: string, at: number, from: number): Found | undefined {
  let begin = at;
  while (begin > from && at - begin < LONGEST_LOCAL_PART && LOCAL_PART.test(text[begin - 1] ?? '')) begin -= 1;
  // A sentence may end right before it: "…address.anna@shop.example" is hers all the same, ".anna@" is not.
  while (begin < at && text[begin] === '.') begin += 1;
  DOMAIN.lastIndex = at + 1;
  const domain = DOMAIN.exec(text)?.[0];
  if (begin === at || domain === undefined || /[-_]$/.test(domain)) return undefined;
  const end = at + 1 + domain.length;
  const href = safeHref(`mailto:${text.slice(begin, end)}`);
  return href === undefined ? undefined : { href, begin, end };
}
