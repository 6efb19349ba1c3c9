import type { Session } from '@baton/contracts';

type Named = Pick<Session, 'userId' | 'metadata' | 'customer'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TOKEN = /^[0-9a-z]{16,}$/i;
const LONGEST_NAME = 80;
/** Ids of people's making are shorter; a longer one is not searched for its parts. */
const LONGEST_ID = 100;
/** What tells random ids apart for people. */
const MARK_LENGTH = 4;

/**
 * What people call a customer: the name that the embedding page gave with the chat, or else the page's id of the
 * customer. An id that is nothing but random is shortened to what people can tell apart.
 * @param visitor the word for a customer whom the page does not know, in the reader's language
 */
export function customerName(session: Named, visitor = 'Visitor'): string {
  const given = givenName(session);
  if (given !== undefined) return given;
  const random = randomPart(session.userId);
  if (random === undefined) return onOneLine(session.userId) || visitor;
  const kind = random.kind === '' || random.kind.toLowerCase() === 'visitor' ? visitor : capital(random.kind);
  return `${kind} ${random.mark}`;
}

/** The name to address a customer by in a letter; undefined when only an id is known, which nobody is called by. */
export function nameToAddress(session: Named): string | undefined {
  const given = givenName(session);
  if (given !== undefined) return given;
  return /^\p{L}[\p{L}\p{M} .'’-]*$/u.test(session.userId) ? session.userId : undefined;
}

/** What the site has signed before what a page says. */
function givenName({ metadata, customer }: Named): string | undefined {
  const name = customer?.name ?? metadata.name;
  const line = typeof name === 'string' ? onOneLine(name) : '';
  return line === '' ? undefined : line.slice(0, LONGEST_NAME);
}

const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;
/** What nobody sees, but for what joins letters: what turns text around, and what makes a name look like none. */
const UNSEEN =
  /[\p{Cs}\u00ad\u061c\u115f\u1160\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** The pages where chats begin say who their customers are, and a page that opens one can say it instead. */
const onOneLine = (name: string): string => name.replace(BREAKS, ' ').replace(UNSEEN, '').trim();

/**
 * An id that is a UUID or a long token of letters and digits, with or without a word before it, as in `visitor-1f69…`.
 */
function randomPart(userId: string): { kind: string; mark: string } | undefined {
  if (userId.length > LONGEST_ID) return undefined;
  const kind = /^(\p{L}{1,40})[-_:]/u.exec(userId)?.[1] ?? '';
  for (const [word, rest] of [
    ['', userId],
    [kind, userId.slice(kind.length + 1)],
  ] as const) {
    const mixed = TOKEN.test(rest) && /\d/.test(rest) && /[a-z]/i.test(rest);
    if (UUID.test(rest) || mixed) return { kind: word, mark: rest.slice(-MARK_LENGTH) };
  }
  return undefined;
}

const capital = (word: string) => word.slice(0, 1).toLocaleUpperCase() + word.slice(1);
