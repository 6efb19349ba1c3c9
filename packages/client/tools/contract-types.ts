import ts from 'typescript-6';

const HEADER = '// Made from the contracts by tools/contract-types.ts: what crosses the wire, as types.\n';

/** What the contracts say of events, of those types of tools/wire.ts that stand for their schemas. */
const OF_EVENTS: ReadonlyMap<string, string> = new Map([
  ['ClientEventName', 'export type ClientEventName = keyof ClientEvents;\n'],
  ['ServerEventName', 'export type ServerEventName = keyof ServerEvents;\n'],
  ['PayloadInputOf', "export type PayloadInputOf<E extends { payload: unknown }> = E['payload'];\n"],
  ['PayloadOf', "export type PayloadOf<E extends { payload: unknown }> = E['payload'];\n"],
  ['AckValueOf', "export type AckValueOf<E extends { value: unknown }> = E['value'];\n"],
  ['AckOf', "export type AckOf<E extends { value: unknown }> = Reply<E['value']> & { traceId?: string };\n"],
]);
const NEEDED_BY_EVENTS = ['ClientEvents', 'ServerEvents', 'Reply'];

/** Types of the contracts, written out: each that is wanted, and each that those name. */
export function contractTypes(program: ts.Program, wanted: ReadonlySet<string>): string {
  const checker = program.getTypeChecker();
  const exportsOf = (end: string): ts.Symbol[] => {
    const file = program.getSourceFiles().find(({ fileName }) => fileName.endsWith(end));
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${end} is not part of the program`);
    return checker.getExportsOfModule(module);
  };
  const exported = new Map(
    [...exportsOf('/contracts/src/index.ts'), ...exportsOf('/tools/wire.ts')].map((symbol) => [symbol.name, symbol]),
  );
  const made = new Map<string, string>();

  const make = (name: string): void => {
    if (made.has(name)) return;
    const ofEvents = OF_EVENTS.get(name);
    if (ofEvents !== undefined) {
      made.set(name, ofEvents);
      for (const other of NEEDED_BY_EVENTS) make(other);
      return;
    }
    const symbol = exported.get(name);
    const declaration = symbol && aliasOf(symbol, checker).declarations?.find(isType);
    if (symbol === undefined || declaration === undefined) throw new Error(`the contracts have no type ${name}`);
    made.set(name, '');
    const isPlain = ts.isInterfaceDeclaration(declaration) || declaration.typeParameters !== undefined;
    if (isPlain) {
      // Written by hand already; what it names is needed, too.
      for (const other of namesIn(declaration)) if (exported.has(other) && other !== name) make(other);
      made.set(name, `${declaration.getText()}\n`);
    } else {
      const type = checker.getDeclaredTypeOfSymbol(aliasOf(symbol, checker));
      made.set(name, `export type ${name} = ${writeType(type, checker)};\n`);
    }
  };
  for (const name of [...wanted].sort()) make(name);
  const sorted = [...made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return HEADER + laidOut(sorted.join(''));
}

/** A field a line. */
function laidOut(text: string): string {
  return ts.createPrinter().printFile(ts.createSourceFile('contracts.d.ts', text, ts.ScriptTarget.Latest));
}

const aliasOf = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);

const isType = (node: ts.Declaration): node is ts.InterfaceDeclaration | ts.TypeAliasDeclaration =>
  ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);

/** Names of types that a declaration refers to, its own parameters aside. */
function namesIn(declaration: ts.InterfaceDeclaration | ts.TypeAliasDeclaration): Set<string> {
  const own = new Set(declaration.typeParameters?.map(({ name }) => name.text));
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName) && !own.has(node.typeName.text))
      names.add(node.typeName.text);
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return names;
}

/** A type with everything that is in it: objects of the wire have no methods, and end somewhere. */
function writeType(type: ts.Type, checker: ts.TypeChecker, depth = 0): string {
  if (depth > 12) throw new Error('a type of the contracts does not end');
  const write = (inner: ts.Type): string => writeType(inner, checker, depth + 1);
  if (type.isUnion()) return writeUnion(type, checker, write);
  if (type.isIntersection()) return type.types.map((one) => `(${write(one)})`).join(' & ');
  if ((type.flags & ts.TypeFlags.Object) === 0) return checker.typeToString(type);
  if (checker.isTupleType(type))
    return `[${checker
      .getTypeArguments(type as ts.TypeReference)
      .map(write)
      .join(', ')}]`;
  if (checker.isArrayType(type)) {
    const [element] = checker.getTypeArguments(type as ts.TypeReference);
    return element === undefined ? 'unknown[]' : `Array<${write(element)}>`;
  }
  if (type.getCallSignatures().length > 0) throw new Error('a type of the contracts has a method');
  const fields = checker.getPropertiesOfType(type).map((property) => {
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    return `${nameOf(property)}${isOptional ? '?' : ''}: ${write(checker.getTypeOfSymbol(property))};`;
  });
  const indexes = checker
    .getIndexInfosOfType(type)
    .map((info) => `[key: ${write(info.keyType)}]: ${write(info.type)};`);
  return `{ ${[...indexes, ...fields].join(' ')} }`;
}

/** `true` and `false` stand apart in a union; together they are one type. */
function writeUnion(type: ts.UnionType, checker: ts.TypeChecker, write: (type: ts.Type) => string): string {
  const isBoolean = (one: ts.Type) => (one.flags & ts.TypeFlags.BooleanLiteral) !== 0;
  const both = type.types.filter(isBoolean).length === 2;
  const others = type.types.filter((one) => !(both && isBoolean(one)));
  const written = others.map((one) => (one.isIntersection() ? `(${write(one)})` : write(one)));
  return [...written, ...(both ? [checker.typeToString(checker.getBooleanType())] : [])].join(' | ');
}

const nameOf = ({ name }: ts.Symbol): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
