import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

export interface CodeBlock {
  /** Path of the document, from the project's root. */
  document: string;
  /** Number of its first line in the document. */
  line: number;
  language: string;
  /** `file=…` after the language: where the text says that the code belongs. */
  file: string | undefined;
  text: string;
}

/** What people read. `docs/api.md` is generated, and checked with the contract that it comes from. */
const documents = globSync(['*.md', 'docs/**/*.md', '{apps,packages,services,infra}/*/README.md'], { cwd: ROOT })
  .filter((path) => path !== 'docs/api.md')
  .sort();

const readDocument = (document: string) => readFileSync(join(ROOT, document), 'utf8');

export function codeBlocks(): CodeBlock[] {
  return documents.flatMap((document) => {
    const blocks: CodeBlock[] = [];
    let open: (CodeBlock & { indent: string }) | undefined;
    for (const [index, line] of readDocument(document).split('\n').entries()) {
      const [, indent = '', info] = /^( *)```(.*)$/.exec(line) ?? [];
      if (open === undefined && info !== undefined) {
        const [language = '', ...rest] = info.trim().split(' ');
        const file = rest.find((word) => word.startsWith('file='))?.slice('file='.length);
        open = { document, line: index + 2, language, file, text: '', indent };
      } else if (open !== undefined && info !== undefined) {
        const { indent: _, ...block } = open;
        blocks.push(block);
        open = undefined;
      } else if (open !== undefined) open.text += `${line.slice(open.indent.length)}\n`;
    }
    return blocks;
  });
}

/** Commands that stand in a sentence, as in `npm start`. */
export function inlineCode(): { document: string; text: string }[] {
  return documents.flatMap((document) => {
    const prose = readDocument(document).replace(/^ *```[\s\S]*?^ *```/gm, '');
    return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => ({ document, text }));
  });
}

export const placeOf = ({ document, line }: CodeBlock) => `${document}:${line}`;
