import { isObject, type Prompt, type ToolSpec } from '../request/chat-request.ts';
import { inWords } from '../text.ts';
import { parseSections, type Section } from './knowledge.ts';
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

const KINDS = [
  ['transfer', /transfer|hand_?(?:off|over)|escalat/i],
  ['poem', /poem/i],
  ['search', /knowledge|faq|search_docs|help_?center/i],
] as const;

/** The part a tool plays, by its name. */
export const kindOfTool = (name: string): (typeof KINDS)[number][0] | 'other' =>
  KINDS.find(([, names]) => names.test(name))?.[0] ?? 'other';

/** Sorts the tools the model may call now. */
export function openToolbox({ tools, toolChoice, parallelToolCalls }: Prompt): Toolbox {
  const allowed = toolChoice.mode === 'none' ? [] : tools;
  const ofKind = (kind: string): ToolSpec[] => allowed.filter(({ name }) => kindOfTool(name) === kind);
  const [transfer, poem, search] = [ofKind('transfer')[0], ofKind('poem')[0], ofKind('search')[0]];
  return { transfer, poem, search, others: ofKind('other'), parallel: parallelToolCalls };
}

const VERBS = /\b(?:get|find|fetch|look|lookup|up|check|show|read|list|search|tool|my|by|the|for|of)\b/g;

/** The tool a sentence asks for by all words of its name besides its verb, as "the status of my order". */
export function toolAskedFor(sentence: string, tools: readonly ToolSpec[]): ToolSpec | undefined {
  const said = new Set(terms(sentence));
  return tools.find(({ name }) => {
    const noun = terms(inWords(name).replace(VERBS, ''));
    return noun.length > 0 && noun.every((term) => said.has(term));
  });
}

/** What a tool gave back, read without knowing the tool. */
interface ToolOutcome {
  readonly failed: boolean;
  /** The text meant to be read, with its heading when it has one; undefined when there is none. */
  readonly text: string | undefined;
  readonly heading?: string | undefined;
  /** The other simple values, as "name: value". */
  readonly values: readonly string[];
}

/** How tools say in words that they did not work, and that they found nothing. */
const FAILED =
  /^(?:error|failed|failure|could not|cannot|tool error|there is no tool|the (?:tool|arguments?|poem|request|service|search) (?:\w+ ){0,3}(?:not|failed|cannot))\b/i;
const NOTHING = /^(?:(?:no (?:results?|matches|match|hits?|sections?)|nothing|none|not found)\b|$)/i;
/** Where a result's text, heading and list are, by the names in use. */
const TEXT_KEYS = 'poem answer text content body excerpt snippet passage result value message'.split(' ');
const HEADING_KEYS = 'heading title section name source'.split(' ');
const LIST_KEYS = 'results hits sections passages items documents matches value result'.split(' ');
const NO_VALUE = /^(?:ok|success|score|id)$/;

/** Reads the result of any tool: plain text, or JSON in one of the common shapes. */
export const readToolResult = (raw: string): ToolOutcome => readItem(itemsIn(parseJson(raw))[0]);

function readItem(item: unknown): ToolOutcome {
  if (!isObject(item)) {
    const text = String(item ?? '').trim();
    return { failed: FAILED.test(text), text: NOTHING.test(text) ? undefined : text, values: [] };
  }
  const textAt = (keys: readonly string[]): string | undefined =>
    keys.map((key) => item[key]).find((value): value is string => typeof value === 'string' && value.trim() !== '');
  return {
    failed: item.ok === false || item.success === false || Boolean(item.error),
    text: textAt(TEXT_KEYS)?.trim(),
    heading: textAt(HEADING_KEYS)?.trim(),
    values: Object.entries(item)
      .filter(([key, value]) => !NO_VALUE.test(key) && (typeof value === 'number' || typeof value === 'string'))
      .map(([key, value]) => `${inWords(key)}: ${value}`),
  };
}

/** The objects or texts to read: those of a list, or what a wrapper such as `{ok, value}` holds. */
function itemsIn(value: unknown, depth = 0): unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value) || value.ok === false || depth > 4) return [value];
  const inner = LIST_KEYS.map((key) => value[key]).find((held) => Array.isArray(held) || isObject(held));
  return inner === undefined ? [value] : itemsIn(inner, depth + 1);
}

/** JSON where it is JSON, else the text itself. */
function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

/** What a tool was asked: the first text among its arguments. */
export function askedOf(callArguments: string): string | undefined {
  const parsed = parseJson(callArguments);
  return isObject(parsed) ? Object.values(parsed).find((value) => typeof value === 'string') : undefined;
}

/** Of the words of a question, the share that a passage must have. */
const ENOUGH_WORDS = 0.6;

/**
 * The passage among a search's results that answers the question; undefined when none does. A search gives its best
 * even when that is not good, so what it found is judged again here.
 */
export function bestPassage(question: string, raw: string): Section | undefined {
  const asked = [...new Set(terms(question))];
  const [best] = readPassages(raw)
    .map((passage) => {
      const found = new Set(terms(`${passage.heading} ${passage.askedAs} ${passage.text}`));
      return { passage, share: asked.filter((term) => found.has(term)).length / asked.length };
    })
    .sort((one, other) => other.share - one.share);
  return best !== undefined && best.share < ENOUGH_WORDS ? undefined : best?.passage;
}

/** The passages in a search's result: Markdown with headings, a JSON list of any common shape, or plain text. */
function readPassages(raw: string): Section[] {
  return itemsIn(parseJson(raw)).flatMap((item) => {
    const { failed, text, heading = '' } = readItem(item);
    if (failed || text === undefined) return [];
    const sections = parseSections(text);
    const own = sections.length > 0 ? sections : [{ title: '', heading, text, askedAs: '' }];
    // "Shop › Opening hours": the path tells where it stands, its end what it is about.
    return own.map((section) => ({ ...section, heading: section.heading.split(' › ').at(-1) ?? '' }));
  });
}
