import { findCards } from './find-cards.ts';
import { findEmails } from './find-emails.ts';
import { findIbans } from './find-ibans.ts';
import { findKeys, findPrivateKeys } from './find-keys.ts';
import { findPhones } from './find-phones.ts';
import { PLACEHOLDER, type RedactionKind, redactionKinds, type Span } from './kinds.ts';

interface PrivateSpan extends Span {
  kind: RedactionKind;
}

/** In the order in which they win: the digits of a key or an account are no telephone number. */
const finders: readonly { kind: RedactionKind; find: (text: string) => Iterable<Span> }[] = [
  { kind: 'key', find: findPrivateKeys },
  ...redactionKinds.map((kind) => ({ kind, find: (text: string) => findPlaceholders(text, kind) })),
  { kind: 'key', find: findKeys },
  { kind: 'email', find: findEmails },
  { kind: 'iban', find: findIbans },
  { kind: 'card', find: findCards },
  { kind: 'phone', find: findPhones },
];

/** Within JSON, which tools and websites give: the letter is no part of the word that follows. */
const ESCAPED_SPACE = /\\[bfnrt]/g;

/**
 * What the model must not see, in order and without overlaps, and what is written like a placeholder already. The time
 * is linear in the length of the text, whatever it repeats: finders look a bounded number of characters ahead.
 */
export function findPrivate(text: string, kinds: ReadonlySet<RedactionKind>): PrivateSpan[] {
  const found: PrivateSpan[] = [];
  let rest = text.replace(ESCAPED_SPACE, '  ');
  for (const { kind, find } of finders) {
    if (!kinds.has(kind)) continue;
    const spans = merged(find(rest));
    for (const span of spans) found.push({ kind, ...span });
    if (spans.length > 0) rest = blanked(rest, spans);
  }
  return found.sort((one, other) => one.start - other.start);
}

function* findPlaceholders(text: string, kind: RedactionKind): Generator<Span> {
  for (const { 0: found, 1: name, index: start } of text.matchAll(PLACEHOLDER))
    if (name?.toLowerCase() === kind) yield { start, end: start + found.length };
}

function merged(spans: Iterable<Span>): Span[] {
  const result: Span[] = [];
  for (const { start, end } of spans) {
    const last = result.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

/** The text with what was found blanked, so that the next finders find no parts of it. */
function blanked(text: string, spans: readonly Span[]): string {
  let result = '';
  let at = 0;
  for (const { start, end } of spans) {
    result += text.slice(at, start) + '\u0000'.repeat(end - start);
    at = end;
  }
  return result + text.slice(at);
}
