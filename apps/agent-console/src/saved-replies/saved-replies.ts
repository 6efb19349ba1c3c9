/** A text that an agent writes often, by the name it is called with. */
export interface SavedReply {
  /** Typed after the slash: letters, digits and dashes, in lower case. */
  name: string;
  text: string;
}

export const firstReplies: readonly SavedReply[] = [
  { name: 'hello', text: 'Hello {{customer}}, this is {{agent}}. I have read what you wrote so far and am on it.' },
  { name: 'moment', text: 'One moment please, I am looking into it.' },
  { name: 'details', text: 'Could you send me these, please?\n\n- your order number\n- what you see on the screen' },
  { name: 'solved', text: 'Glad that it works again! Is there anything else I can do for you?' },
  { name: 'sorry', text: 'I am sorry for the trouble, {{customer}}. Let us put it right.' },
  { name: 'bye', text: 'Thank you for writing to us, {{customer}}. Have a good day!\n\n{{agent}}' },
];

export const isReplyName = (name: string): boolean => /^[\p{L}\p{N}][\p{L}\p{N}-]{0,39}$/u.test(name);

/**
 * What stands behind a slash right before the cursor, when the slash begins a word: what to look for; else undefined.
 */
export function slashQuery(text: string, cursor: number): { query: string; from: number } | undefined {
  const match = /(?:^|\s)\/([\p{L}\p{N}-]{0,40})$/u.exec(text.slice(0, cursor));
  const query = match?.[1];
  return query === undefined ? undefined : { query, from: cursor - query.length - 1 };
}

/** Replies that fit: first those whose name begins so, then whose name has it in it, then whose text has. */
export function findReplies(replies: readonly SavedReply[], query: string): SavedReply[] {
  const sought = query.toLocaleLowerCase();
  const rank = ({ name, text }: SavedReply): number => {
    if (name.startsWith(sought)) return 0;
    if (name.includes(sought)) return 1;
    return text.toLocaleLowerCase().includes(sought) ? 2 : 3;
  };
  return replies
    .map((reply) => ({ reply, rank: rank(reply) }))
    .filter((found) => found.rank < 3)
    .sort((a, b) => a.rank - b.rank || a.reply.name.localeCompare(b.reply.name))
    .map(({ reply }) => reply);
}

/**
 * The text with its variables filled in. An unknown one stays unchanged, to be seen before it is sent. Where
 * the customer's name is not known, the text is one that needs none: “Hello {{customer}}, …” becomes “Hello, …”.
 */
export function fillReply(text: string, values: { customer: string | undefined; agent: string }): string {
  const { customer = '' } = values;
  return (customer === '' ? withoutName(text) : text).replace(/\{\{\s*(customer|agent)\s*\}\}/gi, (_, name: string) =>
    name.toLowerCase() === 'customer' ? customer : values.agent,
  );
}

/** At the beginning of a line its comma goes with the name, elsewhere what joins the name to the words before it. */
function withoutName(text: string): string {
  return text
    .replace(/^\{\{ ?customer ?\}\}[,:]? ?(.?)/gimu, (_, next: string) => next.toLocaleUpperCase())
    .replace(/[,،，]? ?\{\{ ?customer ?\}\}/giu, '');
}

/** Reads what storage holds. Whatever is not a saved reply is left out; nothing at all gives the first set. */
export function readReplies(stored: string | null): SavedReply[] {
  if (stored === null) return [...firstReplies];
  try {
    const parsed: unknown = JSON.parse(stored);
    return Array.isArray(parsed) ? parsed.filter(isReply) : [...firstReplies];
  } catch {
    return [...firstReplies];
  }
}

function isReply(value: unknown): value is SavedReply {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('text' in value)) return false;
  return typeof value.name === 'string' && isReplyName(value.name) && typeof value.text === 'string';
}
