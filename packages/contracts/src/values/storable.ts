/**
 * What Postgres cannot store: NUL, and half of a surrogate pair, which a cut in the middle of an emoji leaves behind.
 * Nobody can see either, and nobody types them: they come from programs that cut and paste.
 */
const UNSTORABLE = /[\0\p{Surrogate}]/gu;
/** In JSON.stringify's spelling: an escape behind an even number of backslashes. */
const UNSTORABLE_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** The text without what cannot be stored. The same text always gives the same, so a repeated send stays a repeat. */
export const storableText = (text: string): string => (isStorable(text) ? text : text.replace(UNSTORABLE, ''));

/** The same for each key and value of plain JSON, which must not be nested too deeply for recursion. */
export function storableJson<Value>(value: Value, json: string): Value {
  // The shape stays; only characters go.
  return UNSTORABLE_ESCAPE.test(json) ? (withoutUnstorable(value) as Value) : value;
}

function withoutUnstorable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(withoutUnstorable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storableText(key), withoutUnstorable(inner)]));
}
