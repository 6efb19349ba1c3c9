/** Fields that people or models wrote, of whatever is shown. */
const WRITTEN: ReadonlySet<string> = new Set([
  'name',
  'agentName',
  'senderName',
  'customerName',
  'userId',
  'content',
  'text',
  'reason',
  'publicReason',
  'summary',
  'customerWants',
  'tried',
  'comment',
  'ratingComment',
]);
/** Free-form, so all of them are somebody's words. */
const FREE: ReadonlySet<string> = new Set(['metadata', 'botContext']);

/** In each text that `hostile` has made, at both ends. A letter that is written from right to left. */
export const MARK = '\u05d0';
/** Turns what follows around, and never ends. */
const OVERRIDE = '\u202e';

/**
 * The same state of a page with every text that others wrote in letters of the other direction, and with a mark that
 * turns all that comes after it around. For tests of what such texts do to what stands beside them.
 */
export function hostile<Value>(value: Value, free = false): Value {
  // The shape stays; only texts are others.
  return made(value, free) as Value;
}

function made(value: unknown, free: boolean): unknown {
  if (typeof value === 'string') return free ? turned(value) : value;
  if (Array.isArray(value)) return value.map((one) => made(one, free));
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, made(one, free)]));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      const isWritten = free || WRITTEN.has(key);
      if (typeof one === 'string') return [key, isWritten ? turned(one) : one];
      return [key, made(one, free || FREE.has(key))];
    }),
  );
}

const turned = (text: string): string => `${OVERRIDE}${MARK}${text}${MARK}`;
