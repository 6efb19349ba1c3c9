import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type CodeBlock, placeOf, ROOT } from './code-blocks.ts';

/** In this package, so that what the documents import is found as its dependencies. Git does not keep it. */
const WRITTEN = join(import.meta.dirname, '.written');

/** A folder for a test's programs, and how to remove it. */
export function programFolder(name: string): { folder: string; remove: () => void } {
  const folder = join(WRITTEN, `${name}-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What the compiler says of the blocks, each a module where its document stands, or where `file=` says. */
export async function compileBlocks(blocks: readonly CodeBlock[]): Promise<string> {
  const { folder, remove } = programFolder('types');
  try {
    const files = blocks.map((block) => {
      const at = block.file ?? `${dirname(block.document)}/line-${block.line}.${block.language}`;
      const path = join(folder, at);
      mkdirSync(dirname(path), { recursive: true });
      // The compiler's words then point to the document.
      writeFileSync(path, `${block.text}export {}; // ${placeOf(block)}\n`);
      return path;
    });
    const styles = join(folder, 'styles.d.ts');
    writeFileSync(styles, "declare module '*.css';\n");
    const project = join(folder, 'tsconfig.json');
    const compilerOptions = {
      noEmit: true,
      lib: ['ESNext', 'DOM', 'DOM.Iterable'],
      types: ['node'],
      jsx: 'react-jsx',
      jsxImportSource: 'preact',
      noUnusedLocals: false,
      rootDirs: [folder, ROOT],
    };
    const config = { extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, files: [styles, ...files] };
    writeFileSync(project, JSON.stringify(config));
    const compiler = join(ROOT, 'node_modules/.bin/tsc');
    const result = await promisify(execFile)(compiler, ['-p', project, '--pretty', 'false'], { cwd: folder }).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    return `${result.stdout}${result.stderr}`.trim();
  } finally {
    remove();
  }
}
