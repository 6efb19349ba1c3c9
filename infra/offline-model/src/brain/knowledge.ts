import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import { terms } from './understanding/terms.ts';

export interface Section {
  /** The level-one heading of its file. */
  readonly title: string;
  readonly heading: string;
  readonly text: string;
  /** Other ways of asking, from the comment under the heading; searched, never shown. */
  readonly askedAs: string;
}

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

const COMMENT = /<!--([\s\S]*?)-->/g;

/** Reads one Markdown file: a section a heading of level two or deeper; text before the first is only for people. */
export function parseSections(markdown: string): Section[] {
  let title = '';
  return markdown
    .replace(/\r\n/g, '\n')
    .split(/^(?=#{1,6} )/m)
    .flatMap((part) => {
      const [, marks = '', heading = '', rest = ''] = /^(#{1,6}) (.*)\n?([\s\S]*)$/.exec(part) ?? [];
      if (marks === '#') title = heading.trim();
      const askedAs = [...rest.matchAll(COMMENT)].map(([, comment]) => comment).join(' ');
      const text = rest.replace(COMMENT, '').trim();
      return marks.length > 1 && text !== '' ? [{ title, heading: heading.trim(), text, askedAs }] : [];
    });
}

/** Below this share of the question's meaning, "I don't know" is better than a quote: by the table in the tests. */
const ENOUGH_COVERAGE = 0.55;

export type Knowledge = ReturnType<typeof indexKnowledge>;

/** Builds the index: BM25+ by the library that the ai service searches with. */
export function indexKnowledge(sections: readonly Section[]) {
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

  return {
    sections,
    /** Changes when the sections do: the same fingerprint and messages give the same words. */
    fingerprint: `fp_${createHash('sha256').update(JSON.stringify(sections)).digest('hex').slice(0, 10)}`,
    /** The section that answers the question; undefined when none does well enough to be quoted. */
    search(question: string): Section | undefined {
      const weights = new Map(terms(question).map((term) => [term, weight(term)]));
      const weigh = (asked: Iterable<string>) => [...asked].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0);
      const best = index
        .search(question)
        .find(({ queryTerms }) => weigh(new Set(queryTerms)) >= ENOUGH_COVERAGE * weigh(weights.keys()));
      return best && sections[Number(best.id)];
    },
  };
}
