import { isObject, type Prompt, type ToolSpec } from '../request/chat-request.ts';
import { inWords } from '../text.ts';
import { parseSections, type Section } from './knowledge.ts';
import { terms } from './understanding/terms.ts';

const KINDS = [
  ['transfer', /transfer|hand_?(?:off|over)|escalat/i],
  ['poem', /poem/i],
  ['search', /knowledge|faq|search_docs|help_?center/i],
] as const;

export const kindOfTool = (name: string): (typeof KINDS)[number][0] | 'other' =>
  KINDS.find(([, names]) => names.test(name))?.[0] ?? 'other';

/** The tools the model may call now, by the part they play. */
export function openToolbox({ tools, toolChoice }: Prompt) {
  const kinds = Map.groupBy(toolChoice === 'none' ? [] : tools, ({ name }) => kindOfTool(name));
  const [transfer, poem, search] = KINDS.map(([kind]) => kinds.get(kind)?.[0]);
  return { transfer, poem, search, others: kinds.get('other') ?? [] };
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

/** How tools say in words that they did not work, and that they found nothing. */
const FAILED =
  /^(?:error|failed|failure|could not|cannot|tool error|there is no tool|the (?:tool|arguments?|poem|request|service|search) (?:\w+ ){0,3}(?:not|failed|cannot))\b/i;
const NOTHING = /^(?:(?:no (?:results?|matches|match|hits?|sections?)|nothing|none|not found)\b|$)/i;
/** Where a result's text, heading and list are, by the names in use. */
const TEXT_KEYS = 'poem answer text content body excerpt snippet passage result value message'.split(' ');
const HEADING_KEYS = 'heading title section name source'.split(' ');
const LIST_KEYS = 'results hits sections passages items documents matches value result'.split(' ');
const NO_VALUE = /^(?:ok|success|score|id)$/;

/** Reads the result of any tool, without knowing the tool: plain text, or JSON in one of the common shapes. */
export const readToolResult = (raw: string) => readItem(itemsIn(parseJson(raw))[0]);

function readItem(item: unknown) {
  if (!isObject(item)) {
    const text = String(item ?? '').trim();
    return { failed: FAILED.test(text), text: NOTHING.test(text) ? undefined : text, values: [] };
  }
  const textAt = (keys: readonly string[]): string | undefined =>
    keys.map((key) => item[key]).find((value): value is string => typeof value === 'string' && value.trim() !== '');
  return {
    failed: item.ok === false || item.success === false || Boolean(item.error),
    /** What is meant to be read. */
    text: textAt(TEXT_KEYS)?.trim(),
    heading: textAt(HEADING_KEYS)?.trim(),
    /** All simple values, as "name: value". */
    values: Object.entries(item)
      .filter(([key, value]) => !NO_VALUE.test(key) && (typeof value === 'number' || typeof value === 'string'))
      .map(([key, value]) => `${inWords(key)}: ${value}`),
  };
}

/** The objects or texts to read: those of a list, or what a wrapper such as `{ok, value}` holds. */
function itemsIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value) || value.ok === false) return [value];
  const inner = LIST_KEYS.map((key) => value[key]).find((held) => Array.isArray(held) || isObject(held));
  return inner === undefined ? [value] : itemsIn(inner);
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
  return readPassages(raw)
    .map((passage) => {
      const found = new Set(terms(`${passage.heading} ${passage.askedAs} ${passage.text}`));
      return { passage, share: asked.filter((term) => found.has(term)).length / asked.length };
    })
    .sort((one, other) => other.share - one.share)
    .find(({ share }) => !(share < ENOUGH_WORDS))?.passage;
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
