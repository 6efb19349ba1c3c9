import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@baton/runtime';
import MiniSearch from 'minisearch';
import { isWithoutSpaces, wordsOf } from './words.ts';

/** A part of a Markdown file under one heading. */
interface Passage {
  title: string;
  text: string;
}

export interface Knowledge {
  size: number;
  /** The best passages for the question, best first; empty when none fits. */
  search(question: string, limit: number): Passage[];
}

/** The operator's knowledge; undefined where no folder is set. */
export function knowledgeOf(folder: string | undefined, log: Log): Knowledge | undefined {
  if (folder === undefined) return undefined;
  const knowledge = loadKnowledge(folder);
  log.info({ passages: knowledge.size }, 'knowledge is loaded');
  return knowledge;
}

/** Indexes every `*.md` below the folder. Passages are ranked by BM25+ with fuzzy matching, in any script. */
export function loadKnowledge(folder: string): Knowledge {
  const passages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .flatMap((name) => splitPassages(readFileSync(join(folder, name), 'utf8')));
  const index = new MiniSearch<Passage & { id: number }>({
    fields: ['title', 'text'],
    tokenize: wordsOf,
    searchOptions: {
      boost: { title: 2 },
      // In scripts without spaces two characters are a word: a different character is not a typing error.
      fuzzy: (term) => (isWithoutSpaces(term) ? false : 0.2),
      prefix: (term) => term.length > 3 || (term.length === 1 && isWithoutSpaces(term)),
    },
  });
  index.addAll(passages.map((passage, id) => ({ id, ...passage })));
  return {
    size: passages.length,
    search: (question, limit) =>
      index
        .search(question)
        .slice(0, limit)
        .map(({ id }) => passages[Number(id)])
        .filter((passage) => passage !== undefined),
  };
}

/** One passage a heading, titled with all headings above it, so that "Prices" says of what. */
export function splitPassages(markdown: string): Passage[] {
  const passages: Passage[] = [];
  const path: string[] = [];
  let lines: string[] = [];
  let fenced = false;
  const finish = () => {
    const text = lines.join('\n').trim();
    if (text !== '') passages.push({ title: path.filter((heading) => heading !== '').join(' › '), text });
    lines = [];
  };
  for (const line of markdown.split(/\r?\n/)) {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? null : /^(#{1,6})\s(.*)$/s.exec(line);
    if (heading === null) {
      lines.push(line);
      continue;
    }
    finish();
    const [, marks = '', words = ''] = heading;
    path.length = marks.length - 1;
    path[marks.length - 1] = withoutClosingMarks(words).trim();
  }
  finish();
  return passages;
}

/** Markdown allows closing marks after a heading: "## Prices ##". */
function withoutClosingMarks(words: string): string {
  let end = words.length;
  while (end > 0 && words[end - 1] === '#') end--;
  return words.slice(0, end);
}
