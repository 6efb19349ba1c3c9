import { isObject } from '../is-object.ts';
import type { Prompt, ToolSpec } from '../request/chat-request.ts';
import { indexKnowledge, parseSections, type Section } from './knowledge.ts';
import { terms } from './understanding/terms.ts';

/** The tools offered, by the part they play. */
export interface Toolbox {
  readonly transfer: ToolSpec | undefined;
  readonly poem: ToolSpec | undefined;
  readonly search: ToolSpec | undefined;
  readonly others: readonly ToolSpec[];
  /** Whether several calls may be made in one reply. */
  readonly parallel: boolean;
}

const KINDS = {
  transfer: /transfer|hand_?(?:off|over)|escalat/i,
  poem: /poem/i,
  search: /knowledge|faq|search_docs|help_?center/i,
};

/** The part a tool plays, by its name. */
export function kindOfTool(name: string): keyof typeof KINDS | 'other' {
  return (['transfer', 'poem', 'search'] as const).find((kind) => KINDS[kind].test(name)) ?? 'other';
}

/** Sorts the tools the model may call now. */
export function openToolbox({ tools, toolChoice, parallelToolCalls }: Prompt): Toolbox {
  const allowed = toolChoice.mode === 'none' ? [] : tools;
  const ofKind = (kind: string): ToolSpec[] => allowed.filter(({ name }) => kindOfTool(name) === kind);
  const [transfer, poem, search] = [ofKind('transfer')[0], ofKind('poem')[0], ofKind('search')[0]];
  return { transfer, poem, search, others: ofKind('other'), parallel: parallelToolCalls };
}

const VERBS = new Set('get find fetch look lookup up check show read list search tool my by the for of'.split(' '));

/** A name in camel or snake case, in words. */
export const inWords = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();

/**
 * The tool a sentence asks for by name: all words of the tool's name besides its verb ("get_order_status"), or one
 * of them and three words of its description.
 */
export function toolAskedFor(sentence: string, tools: readonly ToolSpec[]): ToolSpec | undefined {
  const said = new Set(terms(sentence));
  const saidOf = (text: string) => new Set(terms(text).filter((term) => said.has(term))).size;
  return tools.find(({ name, description }) => {
    const noun = inWords(name)
      .split(/[\s-]+/)
      .filter((word) => !VERBS.has(word))
      .join(' ');
    const all = new Set(terms(noun)).size;
    return all > 0 && (saidOf(noun) === all || (saidOf(noun) > 0 && saidOf(description) >= 3));
  });
}

/** What a tool gave back, read without knowing the tool. */
export interface ToolOutcome {
  readonly failed: boolean;
  /** The text meant to be read, with its heading when it has one; undefined when there is none. */
  readonly text: string | undefined;
  readonly heading: string | undefined;
  /** The other simple values, as "name: value". */
  readonly values: readonly string[];
}

/** How tools say in words that they did not work, and that they found nothing. */
const FAILED =
  /^(?:error|failed|failure|could not|cannot|tool error|there is no tool|the (?:tool|arguments?|poem|request|service|search) (?:\w+ ){0,3}(?:not|failed|cannot))\b/i;
const NOTHING = /^(?:no (?:results?|matches|match|hits?|sections?)|nothing|none|not found)\b/i;
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
const NO_VALUES = new Set(['ok', 'success', 'score', 'id']);

/** Reads the result of any tool: plain text, or JSON in one of the common shapes. */
export function readToolResult(raw: string): ToolOutcome {
  const first = firstItem(parseJson(raw));
  if (typeof first !== 'object') {
    const text = first?.trim() ?? '';
    const isNothing = text === '' || NOTHING.test(text);
    return { failed: FAILED.test(text), text: isNothing ? undefined : text, heading: undefined, values: [] };
  }
  const textAt = (keys: readonly string[]): string | undefined =>
    keys.map((key) => first[key]).find((value) => typeof value === 'string' && value.trim() !== '') as
      | string
      | undefined;
  return {
    failed: first.ok === false || first.success === false || Boolean(first.error),
    text: textAt(TEXT_KEYS)?.trim(),
    heading: textAt(HEADING_KEYS)?.trim(),
    values: Object.entries(first)
      .filter(([key, value]) => !NO_VALUES.has(key) && (typeof value === 'number' || typeof value === 'string'))
      .map(([key, value]) => `${inWords(key)}: ${String(value)}`),
  };
}

/** The object or text to read: the first of a list, or what a wrapper such as `{ok, value}` holds. */
function firstItem(value: unknown, depth = 0): Readonly<Record<string, unknown>> | string | undefined {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  if (Array.isArray(value)) return depth > 4 ? undefined : firstItem(value[0], depth + 1);
  if (!isObject(value)) return undefined;
  const inner = LIST_KEYS.map((key) => value[key]).find((held) => Array.isArray(held) || isObject(held));
  return inner === undefined || value.ok === false || depth > 4 ? value : firstItem(inner, depth + 1);
}

/** JSON where it is JSON, else the text itself. */
export function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

/**
 * Of the words of a question, the share that a passage must have when its few companions tell nothing of their weight.
 */
const ENOUGH_WORDS = 0.6;

/**
 * The passage among a search's results that answers the question; undefined when none does. A search gives its best
 * even when that is not good, so what it found is judged again here.
 */
export function bestPassage(question: string, raw: string): Pick<Section, 'heading' | 'text'> | undefined {
  const passages = readPassages(raw);
  const asked = [...new Set(terms(question))];
  if (asked.length === 0) return passages[0];
  const answers = ({ heading, askedAs, text }: Section): boolean => {
    const found = new Set(terms(`${heading} ${askedAs} ${text}`));
    return asked.filter((term) => found.has(term)).length >= ENOUGH_WORDS * asked.length;
  };
  return indexKnowledge(passages).search(question)[0]?.section ?? passages.find(answers);
}

/** The passages in a search's result: Markdown with headings, a JSON list of any common shape, or plain text. */
function readPassages(raw: string): Section[] {
  const items = listIn(parseJson(raw))?.map((item) => JSON.stringify(item)) ?? [raw];
  return items.flatMap((item) => {
    const { failed, text, heading = '' } = readToolResult(item);
    if (failed || text === undefined) return [];
    const sections = parseSections(text);
    const own = sections.length > 0 ? sections : [{ title: '', heading, text, askedAs: '' }];
    // "Shop › Opening hours": the path tells where it stands, its end what it is about.
    return own.map((section) => ({ ...section, heading: section.heading.split(' › ').at(-1) ?? '' }));
  });
}

function listIn(value: unknown, depth = 0): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isObject(value) || depth > 3 || value.ok === false) return undefined;
  return Object.values(value)
    .map((inner) => listIn(inner, depth + 1))
    .find((list) => list !== undefined);
}
