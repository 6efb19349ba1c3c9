/*
 * A tool call without marks: JSON, or `name(…)` at the beginning of a line, perhaps in a code fence. Text is held
 * back while it may be a call, and shown when it turns out not to be one.
 */

type Verdict = 'call' | 'maybe' | 'text';

/** The first key of a call in JSON. */
const KEYS = [
  'name',
  'type',
  'function',
  'function_call',
  'tool',
  'tool_name',
  'tool_call',
  'tool_calls',
  'recipient_name',
  'action',
  'parameters',
  'arguments',
  'args',
  'id',
];
const FENCES = ['', 'json', 'tool_code', 'tool_call', 'tool_calls', 'tool', 'xml', 'python', 'plaintext'];
const PRINT = 'print(';
const LONGEST_HEAD = 80;

/** Whether a text is the beginning of a call. */
export function judge(text: string, known: readonly string[]): Verdict {
  const head = text.slice(0, LONGEST_HEAD * 2).trimStart();
  if (head === '') return 'maybe';
  if (head.startsWith('`')) return judgeFence(head, known);
  if (head[0] === '{') return judgeKey(head.slice(1));
  if (head[0] === '[') {
    const inside = head.slice(1).trimStart();
    if (inside === '') return 'maybe';
    return inside[0] === '{' ? judgeKey(inside.slice(1)) : judgeName(inside, known);
  }
  if (PRINT.startsWith(head)) return 'maybe';
  return judgeName(head.startsWith(PRINT) ? head.slice(PRINT.length) : head, known);
}

function judgeFence(head: string, known: readonly string[]): Verdict {
  if (!head.startsWith('```')) return '```'.startsWith(head) ? 'maybe' : 'text';
  const line = head.indexOf('\n');
  const language = head
    .slice(3, line < 0 ? undefined : line)
    .trim()
    .toLowerCase();
  if (line < 0) return FENCES.some((fence) => fence.startsWith(language)) ? 'maybe' : 'text';
  return FENCES.includes(language) ? judge(head.slice(line + 1), known) : 'text';
}

function judgeKey(text: string): Verdict {
  const after = text.trimStart();
  const quote = after[0] === '"' || after[0] === "'" ? after[0] : '';
  const key = after.slice(quote.length);
  if (key === '') return 'maybe';
  const end = key.search(/[^a-z_]/);
  if (end < 0) return KEYS.some((one) => one.startsWith(key)) ? 'maybe' : 'text';
  return KEYS.includes(key.slice(0, end)) ? 'call' : 'text';
}

function judgeName(text: string, known: readonly string[]): Verdict {
  for (const name of known) {
    if (name.startsWith(text)) return 'maybe';
    if (!text.startsWith(name)) continue;
    const next = text.slice(name.length).trimStart()[0];
    return next === undefined ? 'maybe' : next === '(' || next === '{' ? 'call' : 'text';
  }
  return 'text';
}

/**
 * Follows the brackets of a call, and returns the length at which they are closed. A quote opens a string only where a
 * value or key may begin, so that an apostrophe does not.
 */
export function createBalance() {
  let depth = 0;
  let quote: string | undefined;
  let escaped = false;
  let last = '';
  let read = 0;
  return {
    feed(text: string): number | undefined {
      // No further than the end: thousands of calls may follow in the same text.
      for (let at = 0; at < text.length; at++) {
        const sign = text.charAt(at);
        read++;
        if (quote !== undefined) {
          if (escaped) escaped = false;
          else if (sign === '\\') escaped = true;
          else if (sign === quote) quote = undefined;
        } else if ((sign === '"' || sign === "'") && '{[(,:=|'.includes(last || ' ')) quote = sign;
        else if ('{[('.includes(sign)) depth++;
        else if ('}])'.includes(sign) && --depth === 0) return read;
        if (sign.trim() !== '') last = sign;
      }
      return undefined;
    },
  };
}
