import { type MemberExpression, parseSync, Visitor } from 'oxc-parser';
import {
  isGlobal,
  type Missing,
  missingConstructor,
  missingExpression,
  missingGlobal,
  missingMember,
  missingStatic,
} from './support.ts';

/** What a built script makes use of that a browser of the floor lacks. A guarded use is one, too: see the test. */
export function missingInScript(source: string): Missing[] {
  const found = new Map<string, Missing>();
  const note = (one: Missing | undefined): void => {
    if (one !== undefined) found.set(one.feature, one);
  };
  const { program, errors } = parseSync('built.js', source);
  if (errors.length > 0) throw new Error(`the built script cannot be read: ${errors[0]?.message}`);
  /** Names that this file declares are its own, whatever they are called. */
  const declared = new Set<string>();
  const globals: string[] = [];
  const constructed: string[] = [];
  const statics: [name: string, member: string][] = [];
  new Visitor({
    VariableDeclarator({ id }) {
      if (id.type === 'Identifier') declared.add(id.name);
    },
    FunctionDeclaration: ({ id }) => id && declared.add(id.name),
    ClassDeclaration: ({ id }) => id && declared.add(id.name),
    ImportDeclaration({ specifiers }) {
      for (const { local } of specifiers) declared.add(local.name);
    },
    Identifier({ name }) {
      // Shorter ones are those that a minifier has given.
      if (name.length > 2) globals.push(name);
    },
    NewExpression({ callee }) {
      if (callee.type === 'Identifier') constructed.push(callee.name);
    },
    MemberExpression(node: MemberExpression) {
      const member = nameOf(node);
      if (member === undefined) return;
      if (node.object.type === 'Identifier' && isGlobal(node.object.name)) statics.push([node.object.name, member]);
      else note(missingMember(member));
    },
    Literal(node) {
      if ('regex' in node) for (const one of missingInExpression(node.regex)) note(one);
    },
  }).visit(program);
  for (const name of globals) if (!declared.has(name)) note(missingGlobal(name));
  for (const name of constructed) if (!declared.has(name)) note(missingConstructor(name));
  for (const [name, member] of statics) note(declared.has(name) ? missingMember(member) : missingStatic(name, member));
  return [...found.values()].sort((a, b) => (a.feature < b.feature ? -1 : 1));
}

function nameOf({ computed, property }: MemberExpression): string | undefined {
  if (!computed && property.type === 'Identifier') return property.name;
  return computed && property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined;
}

function* missingInExpression({ pattern, flags }: { pattern: string; flags: string }): Iterable<Missing | undefined> {
  if (/\(\?<[=!]/.test(pattern)) yield missingExpression('lookbehind_assertion');
  if (/\(\?[ims-]+:/.test(pattern)) yield missingExpression('modifier');
  if (flags.includes('v')) yield missingMember('unicodeSets');
  if (flags.includes('d')) yield missingMember('hasIndices');
}
