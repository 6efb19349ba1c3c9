import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import { normalise } from '../text.ts';
import { terms } from './understanding/terms.ts';

export interface Section {
  /** The level-one heading of its file. */
  readonly title: string;
  readonly heading: string;
  readonly text: string;
  /** Other ways of asking, from the comment under the heading; searched, never shown. */
  readonly askedAs: string;
}

export interface Knowledge {
  readonly sections: readonly Section[];
  /** The sections that answer the question, best first; empty when none does well enough to be quoted. */
  search(question: string): { section: Section }[];
}

/** The sample knowledge that comes with the offline model. */
const SAMPLE_KNOWLEDGE = join(import.meta.dirname, '../../knowledge');

/**
 * Reads all Markdown files of a folder, in the order of their names.
 * @throws Error with a sentence for people when the folder cannot be read or holds no section
 */
export async function loadKnowledge(folder: string = SAMPLE_KNOWLEDGE): Promise<Knowledge> {
  const names = (await readdir(folder)).filter((name) => name.toLowerCase().endsWith('.md')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const sections = texts.flatMap(parseSections);
  if (sections.length > 0) return indexKnowledge(sections);
  throw new Error(
    `no Markdown section found in ${folder}: it needs *.md files with headings (## …) and text under them`,
  );
}

/** Reads one Markdown file: a section a heading of level two or deeper; text before the first is only for people. */
export function parseSections(markdown: string): Section[] {
  let title = '';
  return markdown
    .replace(/\r\n/g, '\n')
    .split(/^(?=#{1,6} )/m)
    .flatMap((part) => {
      const [, marks = '', heading = '', rest = ''] = /^(#{1,6}) (.*)\n?([\s\S]*)$/.exec(part) ?? [];
      if (marks === '#') title = heading.trim();
      const askedAs = [...rest.matchAll(/<!--([\s\S]*?)-->/g)].map(([, comment = '']) => comment).join(' ');
      const text = rest
        .replace(/<!--[\s\S]*?-->/g, '')
        .replace(/\n{3,}/g, '\n\n')
        .trim();
      return marks.length > 1 && text !== '' ? [{ title, heading: heading.trim(), text, askedAs }] : [];
    });
}

/**
 * Below this share of the question's meaning, "I don't know" is better than a quote. Found by the table in the tests.
 */
const ENOUGH_COVERAGE = 0.55;
/** A question that contains a heading word for word means that section. */
const WHOLE_HEADING = 1.5;
/** A second section is quoted too only when it is nearly as good as the best. */
const NEARLY_AS_GOOD = 0.85;

/** Builds the index: BM25+ by the library that the ai service searches with. */
export function indexKnowledge(sections: readonly Section[]): Knowledge {
  const index = new MiniSearch<Section & { id: number }>({
    fields: ['heading', 'askedAs', 'text', 'title'],
    tokenize: terms,
    processTerm: (term) => term,
    searchOptions: { boost: { heading: 3, askedAs: 2 } },
  });
  index.addAll(sections.map((section, id) => ({ id, ...section })));
  /** How telling a word is: the rarer, the more. What no section has counts as the rarest. */
  const weight = (term: string): number => {
    const count = index.search(term).length;
    return Math.log(1 + (sections.length - count + 0.5) / (count + 0.5));
  };

  const search = (question: string): { section: Section }[] => {
    const plain = ` ${normalise(question).replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
    const weights = new Map(terms(question).map((term) => [term, weight(term)]));
    const weigh = (asked: Iterable<string>) => [...asked].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0);
    const enough = ENOUGH_COVERAGE * weigh(weights.keys());
    const boosts = sections.map(({ heading }) => (plain.includes(` ${normalise(heading)} `) ? WHOLE_HEADING : 1));
    const hits = index
      .search(question, { boostDocument: (id) => boosts[Number(id)] ?? 1 })
      .filter(({ queryTerms }) => weigh(new Set(queryTerms)) >= enough);
    return hits.slice(0, 3).flatMap(({ id, score }) => {
      const section = sections[Number(id)];
      return section !== undefined && score >= (hits[0]?.score ?? 0) * NEARLY_AS_GOOD ? [{ section }] : [];
    });
  };
  return { sections, search };
}
