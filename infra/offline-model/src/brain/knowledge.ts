import { terms } from './stem.ts';
import { normalise } from './text.ts';

export interface Section {
  /** The level-one heading of its file. */
  readonly title: string;
  readonly heading: string;
  readonly text: string;
  /** Other ways of asking, from the comment under the heading; searched, never shown. */
  readonly askedAs: string;
}

export interface Hit {
  readonly section: Section;
  /** BM25 over the weighted fields. */
  readonly score: number;
  /** The share (0–1) of the question's meaning, weighted by how telling each word is, that the section covers. */
  readonly coverage: number;
}

export interface Knowledge {
  readonly sections: readonly Section[];
  /** The sections that answer the question, best first; empty when none does well enough to be quoted. */
  search(question: string): Hit[];
}

/** Reads one Markdown file: a section a heading of level two or deeper; text before the first is only for people. */
export function parseSections(markdown: string): Section[] {
  const sections: Section[] = [];
  let title = '';
  for (const part of markdown.replace(/\r\n/g, '\n').split(/^(?=#{1,6} )/m)) {
    const [, marks = '', heading = '', rest = ''] = /^(#{1,6}) (.*)\n?([\s\S]*)$/.exec(part) ?? [];
    if (marks === '') continue;
    if (marks === '#') title = heading.trim();
    const askedAs = [...rest.matchAll(/<!--([\s\S]*?)-->/g)].map((comment) => comment[1] ?? '').join(' ');
    const text = rest
      .replace(/<!--[\s\S]*?-->/g, '')
      .replace(/\n{3,}/g, '\n\n')
      .trim();
    if (marks !== '#' && text !== '') sections.push({ title, heading: heading.trim(), text, askedAs });
  }
  return sections;
}

// The usual constants of BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009).
const SATURATION = 1.2;
const LENGTH_NORM = 0.6;
const WEIGHT = { heading: 3, askedAs: 2, text: 1, title: 1 };
/** Below this share of the question covered, saying "I don't know" is more honest than quoting. Found by the table in the tests. */
const ENOUGH_COVERAGE = 0.55;
/** A question that contains a heading word for word means that section. */
const WHOLE_HEADING = 1.5;
/** A second section is quoted too only when it is nearly as good as the best. */
const NEARLY_AS_GOOD = 0.85;

/** Builds the index. Pure: reading the files is the caller's. */
export function indexKnowledge(sections: readonly Section[]): Knowledge {
  const documents = sections.map((section) => {
    const frequency = new Map<string, number>();
    const add = (text: string, weight: number): void => {
      for (const term of terms(normalise(text))) frequency.set(term, (frequency.get(term) ?? 0) + weight);
    };
    add(section.heading, WEIGHT.heading);
    add(section.askedAs, WEIGHT.askedAs);
    add(section.text, WEIGHT.text);
    add(section.title.replace(/\(.*?\)/g, ''), WEIGHT.title);
    const length = [...frequency.values()].reduce((sum, count) => sum + count, 0);
    return { section, frequency, length };
  });
  const averageLength = documents.reduce((sum, document) => sum + document.length, 0) / Math.max(1, documents.length);
  const documentsWith = new Map<string, number>();
  for (const { frequency } of documents) {
    for (const term of frequency.keys()) documentsWith.set(term, (documentsWith.get(term) ?? 0) + 1);
  }
  const telling = (term: string): number => {
    const count = documentsWith.get(term) ?? 0;
    return Math.log(1 + (documents.length - count + 0.5) / (count + 0.5));
  };

  const search = (question: string): Hit[] => {
    const plain = ` ${normalise(question).replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
    const asked = [...new Set(terms(normalise(question)))];
    const whole = asked.reduce((sum, term) => sum + telling(term), 0);
    if (whole === 0) return [];
    const hits = documents
      .map(({ section, frequency, length }): Hit => {
        let score = 0;
        let covered = 0;
        for (const term of asked) {
          const count = frequency.get(term) ?? 0;
          if (count === 0) continue;
          const norm = SATURATION * (1 - LENGTH_NORM + LENGTH_NORM * (length / averageLength));
          score += (telling(term) * count * (SATURATION + 1)) / (count + norm);
          covered += telling(term);
        }
        if (plain.includes(` ${normalise(section.heading)} `)) score *= WHOLE_HEADING;
        return { section, score, coverage: covered / whole };
      })
      .filter((hit) => hit.coverage >= ENOUGH_COVERAGE)
      .sort((one, other) => other.score - one.score);
    const best = hits[0];
    return best === undefined ? [] : hits.filter((hit) => hit.score >= best.score * NEARLY_AS_GOOD).slice(0, 3);
  };
  return { sections, search };
}
