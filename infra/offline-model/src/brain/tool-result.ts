import { isObject } from '../is-object.ts';

/** What a tool gave back, read without knowing the tool. */
export interface ToolOutcome {
  readonly failed: boolean;
  /** The text meant to be read, with its heading when it has one; undefined when there is none. */
  readonly text: string | undefined;
  readonly heading: string | undefined;
  /** The other simple values, as "name: value". */
  readonly values: readonly string[];
}

/** How tools say in words that they did not work. */
const FAILED =
  /^(?:error|failed|failure|could not|cannot|tool error|there is no tool|the (?:tool|arguments?|poem|request|service|search) (?:\w+ ){0,3}(?:not|failed|cannot))\b/i;

const TEXT_KEYS = [
  'poem',
  'answer',
  'text',
  'content',
  'body',
  'excerpt',
  'snippet',
  'passage',
  'result',
  'value',
  'message',
];
const LIST_KEYS = ['results', 'hits', 'sections', 'passages', 'items', 'documents', 'matches', 'value', 'result'];
const HEADING_KEYS = ['heading', 'title', 'section', 'name', 'source'];

/** Reads the result of any tool: plain text, or JSON in one of the common shapes. */
export function readToolResult(raw: string): ToolOutcome {
  const parsed = parseJson(raw);
  if (typeof parsed === 'string') return ofText(parsed);
  const first = firstItem(parsed);
  if (first === undefined) return { failed: false, text: undefined, heading: undefined, values: [] };
  if (typeof first === 'string') return ofText(first);
  const failed = first.ok === false || first.success === false || hasError(first.error);
  const text = stringAt(first, TEXT_KEYS);
  const values = Object.entries(first)
    .filter(
      ([key, value]) =>
        !['ok', 'success', 'score', 'id'].includes(key) && (typeof value === 'number' || typeof value === 'string'),
    )
    .map(
      ([key, value]) =>
        `${key
          .replace(/([a-z])([A-Z])/g, '$1 $2')
          .replaceAll('_', ' ')
          .toLowerCase()}: ${String(value)}`,
    );
  return { failed, text, heading: stringAt(first, HEADING_KEYS), values };
}

function ofText(raw: string): ToolOutcome {
  const text = raw.trim();
  const failed = FAILED.test(text);
  const nothing =
    text === '' || /^(?:no (?:results?|matches|match|hits?|sections?)|nothing|none|not found)\b/i.test(text);
  return { failed, text: nothing ? undefined : text, heading: undefined, values: [] };
}

/** The object or text to read: the first of a list, or what a wrapper such as `{ok, value}` holds. */
function firstItem(value: unknown, depth = 0): Readonly<Record<string, unknown>> | string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return depth > 4 ? undefined : firstItem(value[0], depth + 1);
  if (!isObject(value)) return undefined;
  if (value.ok === false) return value;
  for (const key of LIST_KEYS) {
    const inner = value[key];
    if (depth <= 4 && (Array.isArray(inner) || isObject(inner))) return firstItem(inner, depth + 1);
  }
  return value;
}

function hasError(error: unknown): boolean {
  return error !== undefined && error !== null && error !== false && error !== '';
}

function stringAt(value: Readonly<Record<string, unknown>>, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = value[key];
    if (typeof text === 'string' && text.trim() !== '') return text.trim();
  }
  return undefined;
}

/** JSON where it is JSON, else the text itself. */
export function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
