import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { indexKnowledge, type Knowledge, parseSections } from './brain/knowledge.ts';

/** The sample knowledge that comes with the offline model. */
const SAMPLE_KNOWLEDGE = fileURLToPath(new URL('../knowledge', import.meta.url));

/**
 * Reads all Markdown files of a folder, in the order of their names.
 * @throws Error with a sentence for people when the folder cannot be read or holds no section
 */
export async function loadKnowledge(folder: string = SAMPLE_KNOWLEDGE): Promise<Knowledge> {
  const names = (await readdir(folder)).filter((name) => name.toLowerCase().endsWith('.md')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const sections = texts.flatMap(parseSections);
  if (sections.length === 0) {
    throw new Error(
      `no Markdown section found in ${folder}: it needs *.md files with headings (## …) and text under them`,
    );
  }
  return indexKnowledge(sections);
}
