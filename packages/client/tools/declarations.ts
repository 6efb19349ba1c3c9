import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript-6';
import { contractTypes } from './contract-types.ts';

const CONTRACTS = '@baton/contracts';
/** Where the compiler would write to. */
const OUT = '/declarations';

/**
 * The types of the package, by file name: those of our own files as the compiler writes them, comments included, from
 * `index.d.ts` on; and in one more file those of the contracts that they name, written out, so that users of the
 * package need neither the contracts nor the library that these are written in.
 */
export function declarations(root: string): Map<string, string> {
  const program = programOf(join(root, 'tsconfig.json'), [join(root, 'src/index.ts'), join(root, 'tools/wire.ts')]);
  const written = new Map<string, string>();
  program.emit(
    undefined,
    (path, text) => {
      written.set(relative(OUT, path), text);
    },
    undefined,
    true,
  );

  const files = new Map<string, string>();
  const wanted = new Set<string>();
  const take = (name: string): void => {
    if (files.has(name)) return;
    const text = written.get(name);
    if (text === undefined) throw new Error(`the compiler has written no ${name}`);
    files.set(name, '');
    const { imported, from } = importsOf(name, text);
    for (const one of from)
      if (one.startsWith('.')) take(normalize(join(dirname(name), one.replace(/\.ts$/, '.d.ts'))));
    for (const one of imported) wanted.add(one);
    const top = name.includes('/') ? '../' : './';
    files.set(
      name,
      text.replace(/from '(\.[\w/.-]+)\.ts'/g, "from '$1.js'").replaceAll(`'${CONTRACTS}'`, `'${top}contracts.js'`),
    );
  };
  take('index.d.ts');
  files.set('contracts.d.ts', contractTypes(program, wanted));
  return files;
}

function programOf(tsconfig: string, entries: string[]): ts.Program {
  const { config } = ts.readConfigFile(tsconfig, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(tsconfig, '..'));
  return ts.createProgram(entries, {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: OUT,
    rootDir: join(tsconfig, '../src'),
    // As published: the types of Node are not ours to ask for.
    types: [],
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.esnext.d.ts'],
  });
}

/** Names that a file takes from the contracts, and all that it imports from. */
function importsOf(name: string, text: string): { imported: string[]; from: string[] } {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest);
  const imported: string[] = [];
  const from: string[] = [];
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const { moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) continue;
    from.push(moduleSpecifier.text);
    if (moduleSpecifier.text !== CONTRACTS) continue;
    const named = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
    if (named === undefined || !(ts.isNamedImports(named) || ts.isNamedExports(named)))
      throw new Error(`${name} takes more of the contracts than names`);
    for (const element of named.elements) imported.push((element.propertyName ?? element.name).text);
  }
  return { imported, from };
}
