import { canonical, DEFINITIONS, type Direction, type JsonSchema } from './json-schema.ts';

export interface SchemaContext {
  before: Record<string, JsonSchema>;
  after: Record<string, JsonSchema>;
  report(severity: 'additive' | 'breaking', where: string, what: string): void;
  /** Both sides refer to the same definition: it is compared by itself, once. */
  sameDefinition(name: string, direction: Direction): void;
}

/**
 * Lists of words that readers must take for open, as the reference says: to them an unknown code is INTERNAL, and an
 * unknown cause is just a change.
 */
const OPEN_TO_READERS = new Set(['code', 'cause']);

/** Values that Baton gives back as a caller gave them: another form of one comes only where a caller has begun to use it. */
const GIVEN_BACK = new Set(['botContext']);

/**
 * Compares two schemas of one thing. For what is sent to Baton, taking less is breaking; for what Baton sends, giving
 * less, or something of a new kind, is. What cannot be decided is called breaking.
 */
export function compareSchemas(
  where: string,
  before: JsonSchema,
  after: JsonSchema,
  direction: Direction,
  context: SchemaContext,
): void {
  const name = referenceOf(before);
  if (name !== undefined && name === referenceOf(after)) {
    context.sameDefinition(name, direction);
    return;
  }
  const olds = variants(before, context.before);
  const news = variants(after, context.after);
  const fewer = direction === 'input' ? 'breaking' : 'additive';
  const more = direction === 'input' || GIVEN_BACK.has(lastName(where)) ? 'additive' : 'breaking';
  for (const [label, old] of olds) {
    const now = news.get(label);
    const at = olds.size > 1 && news.size > 1 && label !== 'null' ? `${where} (${label})` : where;
    if (now === undefined) context.report(fewer, where, `${label} is no longer possible`);
    else if (old.name !== undefined && old.name === now.name) context.sameDefinition(old.name, direction);
    else compareVariant(at, old.schema, now.schema, direction, context);
  }
  for (const label of news.keys()) if (!olds.has(label)) context.report(more, where, `${label} is possible now`);
  if (direction === 'input' && canonical(before.default) !== canonical(after.default)) {
    const what = `left out meant ${text(before.default)} and means ${text(after.default)}`;
    context.report(before.default === undefined ? 'additive' : 'breaking', where, what);
  }
}

/** One form that a value may have; `name` is the definition that stands for it, within a union. */
interface Variant {
  schema: JsonSchema;
  name?: string;
}

/** Schemas are compared form by form: the members of a union, each type of a list of types. */
function variants(schema: JsonSchema, definitions: Record<string, JsonSchema>): Map<string, Variant> {
  const result = new Map<string, Variant>();
  for (const variant of expand(schema, definitions)) {
    const label = labelOf(variant.schema);
    result.set(result.has(label) ? `${label} #${result.size + 1}` : label, variant);
  }
  return result;
}

function expand(schema: JsonSchema, definitions: Record<string, JsonSchema>): Variant[] {
  const name = referenceOf(schema);
  if (name !== undefined) {
    const forms = expand(definitions[name] ?? {}, definitions);
    return forms.length === 1 ? forms.map((form) => ({ schema: form.schema, name })) : forms;
  }
  const union = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (union !== undefined) return union.flatMap((member) => expand(member, definitions));
  if (Array.isArray(schema.type)) return schema.type.map((type: unknown) => ({ schema: { ...schema, type } }));
  return [{ schema }];
}

/** A member of a discriminated union is known by its fixed words, another by its type. */
function labelOf(schema: JsonSchema): string {
  const fixed = Object.entries(propertiesOf(schema))
    .filter(([, property]) => property.const !== undefined)
    .map(([key, property]) => `${key} ${text(property.const)}`);
  return fixed.length > 0 ? fixed.join(', ') : String(schema.type ?? 'anything');
}

const HANDLED = new Set([
  'type',
  'enum',
  'const',
  'properties',
  'required',
  'items',
  'additionalProperties',
  'default',
]);
const lowerLimits = new Set(['minimum', 'minLength', 'minItems', 'exclusiveMinimum']);
const upperLimits = new Set(['maximum', 'maxLength', 'maxItems', 'exclusiveMaximum']);

function compareVariant(
  where: string,
  before: JsonSchema,
  after: JsonSchema,
  direction: Direction,
  context: SchemaContext,
): void {
  compareWords(where, before, after, direction, context);
  compareProperties(where, before, after, direction, context);
  for (const key of ['items', 'additionalProperties'] as const) {
    const [old, now] = [before[key], after[key]];
    if (isSchema(old) && isSchema(now))
      compareSchemas(key === 'items' ? `${where}[]` : `${where}.*`, old, now, direction, context);
    else if (canonical(old) !== canonical(now)) context.report('breaking', where, `${key} has changed`);
  }
  for (const keyword of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (HANDLED.has(keyword) || canonical(before[keyword]) === canonical(after[keyword])) continue;
    const what = `${keyword} was ${text(before[keyword])} and is ${text(after[keyword])}`;
    const narrower = narrows(keyword, before[keyword], after[keyword]);
    const harmless = narrower !== undefined && (direction === 'output' || !narrower);
    context.report(harmless ? 'additive' : 'breaking', where, what);
  }
}

/** Whether a limit lets less through than before; undefined when it is not a limit. */
function narrows(keyword: string, before: unknown, after: unknown): boolean | undefined {
  const numberOr = (value: unknown, none: number) => (typeof value === 'number' ? value : none);
  if (lowerLimits.has(keyword)) return numberOr(after, -Infinity) > numberOr(before, -Infinity);
  if (upperLimits.has(keyword)) return numberOr(after, Infinity) < numberOr(before, Infinity);
  return undefined;
}

function compareWords(
  where: string,
  before: JsonSchema,
  after: JsonSchema,
  direction: Direction,
  { report }: SchemaContext,
): void {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  const open = direction === 'output' && OPEN_TO_READERS.has(lastName(where));
  const fewer = direction === 'input' ? 'breaking' : 'additive';
  const more = direction === 'input' || open ? 'additive' : 'breaking';
  if (old !== undefined && now !== undefined) {
    for (const word of old) if (!now.includes(word)) report(fewer, where, `${word} is no longer possible`);
    for (const word of now) if (!old.includes(word)) report(more, where, `${word} is possible now`);
  } else if (now !== undefined) report(fewer, where, `only ${now.join(', ')} possible now`);
  else if (old !== undefined) report(more, where, `was one of ${old.join(', ')}, can be anything now`);
}

const wordsOf = (schema: JsonSchema): string[] | undefined =>
  Array.isArray(schema.enum) ? schema.enum.map(text) : schema.const === undefined ? undefined : [text(schema.const)];

function compareProperties(
  where: string,
  before: JsonSchema,
  after: JsonSchema,
  direction: Direction,
  context: SchemaContext,
): void {
  const [old, now] = [propertiesOf(before), propertiesOf(after)];
  const [wasRequired, isRequired] = [requiredOf(before), requiredOf(after)];
  const input = direction === 'input';
  for (const [key, schema] of Object.entries(old)) {
    const current = now[key];
    const at = `${where}.${key}`;
    if (current === undefined) {
      context.report('breaking', at, 'was removed');
      continue;
    }
    if (!wasRequired.has(key) && isRequired.has(key))
      context.report(input ? 'breaking' : 'additive', at, input ? 'is required now' : 'is always there now');
    if (wasRequired.has(key) && !isRequired.has(key))
      context.report(input ? 'additive' : 'breaking', at, input ? 'is optional now' : 'may be missing now');
    compareSchemas(at, schema, current, direction, context);
  }
  for (const key of Object.keys(now)) {
    if (key in old) continue;
    const required = input && isRequired.has(key);
    context.report(required ? 'breaking' : 'additive', `${where}.${key}`, `was added${required ? ', required' : ''}`);
  }
}

const propertiesOf = (schema: JsonSchema) => (schema.properties ?? {}) as Record<string, JsonSchema>;
const requiredOf = (schema: JsonSchema) => new Set((schema.required ?? []) as string[]);
const lastName = (where: string) => where.split('.').at(-1) ?? '';
const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
const text = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

function referenceOf(schema: JsonSchema): string | undefined {
  return typeof schema.$ref === 'string' ? schema.$ref.slice(DEFINITIONS.length) : undefined;
}
