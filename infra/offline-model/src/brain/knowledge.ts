import MiniSearch from 'minisearch';
import { terms } from './understanding/terms.ts';
import { normalise } from './understanding/text.ts';

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

/** Reads one Markdown file: a section a heading of level two or deeper; text before the first is only for people. */
export function parseSections(markdown: string): Section[] {
  const sections: Section[] = [];
  let title = '';
  for (const part of markdown.replace(/\r\n/g, '\n').split(/^(?=#{1,6} )/m)) {
    const [, marks = '', heading = '', rest = ''] = /^(#{1,6}) (.*)\n?([\s\S]*)$/.exec(part) ?? [];
    if (marks === '#') title = heading.trim();
    const askedAs = [...rest.matchAll(/<!--([\s\S]*?)-->/g)].map((comment) => comment[1] ?? '').join(' ');
    const text = rest
      .replace(/<!--[\s\S]*?-->/g, '')
      .replace(/\n{3,}/g, '\n\n')
      .trim();
    if (marks.length > 1 && text !== '') sections.push({ title, heading: heading.trim(), text, askedAs });
  }
  return sections;
}

/**
 * Below this share of the question's meaning, "I don't know" is better than a quote. Found by the table in the tests.
 */
const ENOUGH_COVERAGE = 0.55;
/** A question that contains a heading word for word means that section. */
const WHOLE_HEADING = 1.5;
/** A second section is quoted too only when it is nearly as good as the best. */
const NEARLY_AS_GOOD = 0.85;

/** Builds the index: BM25+ by the library that the ai service searches with. Reading the files is the caller's. */
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
    const sum = (asked: Iterable<string>) => [...asked].reduce((all, term) => all + (weights.get(term) ?? 0), 0);
    const whole = sum(weights.keys());
    const hits = index
      .search(question)
      .filter(({ queryTerms }) => sum(new Set(queryTerms)) >= ENOUGH_COVERAGE * whole)
      .flatMap(({ id, score }) => {
        const section = sections[Number(id)];
        if (section === undefined) return [];
        const isNamed = plain.includes(` ${normalise(section.heading)} `);
        return [{ section, score: isNamed ? score * WHOLE_HEADING : score }];
      })
      .sort((one, other) => other.score - one.score);
    const best = hits[0]?.score ?? 0;
    return hits.filter(({ score }) => score >= best * NEARLY_AS_GOOD).slice(0, 3);
  };
  return { sections, search };
}
