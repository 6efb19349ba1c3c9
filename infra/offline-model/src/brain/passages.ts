import { isObject } from '../is-object.ts';
import { indexKnowledge, parseSections, type Section } from './knowledge.ts';
import { terms } from './stem.ts';
import { normalise } from './text.ts';
import { parseJson, readToolResult } from './tool-result.ts';

/** Of the words of a question, the share that a passage must have when its few companions tell nothing of their weight. */
const ENOUGH_WORDS = 0.6;

/**
 * The passage among a search's results that answers the question; undefined when none does. A search gives its best
 * even when that is not good, so what it found is judged again here.
 */
export function bestPassage(question: string, raw: string): Pick<Section, 'heading' | 'text'> | undefined {
  const passages = readPassages(raw);
  const asked = new Set(terms(normalise(question)));
  if (asked.size === 0) return passages[0];
  const ranked = indexKnowledge(passages).search(question)[0]?.section;
  return ranked ?? passages.find((passage) => share(asked, passage) >= ENOUGH_WORDS);
}

/** The passages in a search's result: Markdown with headings, a JSON list of any common shape, or plain text. */
function readPassages(raw: string): Section[] {
  const parsed = parseJson(raw);
  const items = typeof parsed === 'string' ? undefined : listIn(parsed);
  const texts = items?.map((item) => JSON.stringify(item)) ?? [raw];
  return texts.flatMap((text) => {
    const { failed, text: found, heading } = readToolResult(text);
    if (failed || found === undefined) return [];
    const sections = parseSections(found);
    const own = sections.length > 0 ? sections : [{ title: '', heading: heading ?? '', text: found, askedAs: '' }];
    // "Shop › Opening hours": the path tells where it stands, its end what it is about.
    return own.map((section) => ({ ...section, heading: section.heading.split(' › ').at(-1) ?? '' }));
  });
}

function listIn(value: unknown, depth = 0): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isObject(value) || depth > 3 || value.ok === false) return undefined;
  for (const inner of Object.values(value)) {
    const list = listIn(inner, depth + 1);
    if (list !== undefined) return list;
  }
  return undefined;
}

function share(asked: ReadonlySet<string>, passage: Section): number {
  const found = new Set(terms(normalise(`${passage.heading} ${passage.askedAs} ${passage.text}`)));
  return [...asked].filter((term) => found.has(term)).length / asked.size;
}
