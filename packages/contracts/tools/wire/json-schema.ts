import { z } from 'zod';

/** A JSON Schema (draft 7) as plain data; `true` and `false` do not occur. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

/** input: what a sender may write, defaults left out. output: what a reader gets. */
export type Direction = 'input' | 'output';

/** Where definitions are kept in the documents that this folder makes, unless they are moved elsewhere. */
export const DEFINITIONS = '#/definitions/';

/**
 * Turns schemas into JSON Schema with one common list of definitions, in which each schema with an id stands once. One
 * that reads differently for senders and readers stands twice, for senders as `<Name>Input`.
 */
export function createSchemaCollector() {
  const found: Record<Direction, Map<string, JsonSchema>> = { input: new Map(), output: new Map() };

  const convert = (schema: z.ZodType, direction: Direction): JsonSchema => {
    const {
      definitions,
      $schema: _,
      ...root
    } = z.toJSONSchema(schema, {
      target: 'draft-07',
      io: direction,
      override: ({ jsonSchema }) => simplify(jsonSchema as JsonSchema),
    }) as JsonSchema;
    unwrap(definitions);
    unwrap(root);
    for (const [name, definition] of Object.entries((definitions ?? {}) as Record<string, JsonSchema>))
      found[direction].set(name, definition);
    return mapReferences(root, (name) => `${direction}:${name}`);
  };

  const differs = (name: string): boolean => {
    const { input, output } = { input: found.input.get(name), output: found.output.get(name) };
    return input !== undefined && output !== undefined && canonical(input) !== canonical(output);
  };

  /** Names get their suffix at the end, when it is known which of them read differently. */
  const settle = <T>(model: T): T =>
    mapReferences(model, (marked) => {
      const [direction, name] = marked.split(':') as [Direction, string];
      return finalName(name, direction);
    });
  const finalName = (name: string, direction: Direction) =>
    direction === 'input' && reachesDifference(name) ? `${name}Input` : name;
  const reachesDifference = (name: string): boolean =>
    differs(name) || referencedNames(found.input.get(name)).some((other) => other !== name && reachesDifference(other));

  const definitions = (): Record<string, JsonSchema> => {
    const result: Record<string, JsonSchema> = {};
    for (const direction of ['input', 'output'] as const)
      for (const [name, definition] of found[direction])
        result[finalName(name, direction)] = mapReferences(definition, (other) => finalName(other, direction));
    return result;
  };

  return { convert, settle, definitions };
}

/** Leaves out what is only noise on the wire: bounds of safe integers, patterns that spell out a format. */
function simplify(schema: JsonSchema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.format !== undefined) delete schema.pattern;
  // Fields may be added later: a reader ignores those it does not know.
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  if (isEmpty(schema.additionalProperties)) schema.additionalProperties = true;
  if (canonical(schema.propertyNames) === canonical({ type: 'string' })) delete schema.propertyNames;
}

/** What zod writes as `allOf` with one member is that member, with what stands beside it. */
function unwrap(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const item of Object.values(value)) unwrap(item);
  const { allOf } = value as JsonSchema;
  if (!Array.isArray(allOf) || allOf.length !== 1) return;
  Object.assign(value, { ...(allOf[0] as JsonSchema), ...value });
  delete (value as JsonSchema).allOf;
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

function mapReferences<T>(value: T, rename: (name: string) => string): T {
  return mapValues(value, (key, item) =>
    key === '$ref' && typeof item === 'string' && item.startsWith(DEFINITIONS)
      ? DEFINITIONS + rename(item.slice(DEFINITIONS.length))
      : item,
  );
}

/** Moves every reference to where a document keeps its definitions. */
export function relocateReferences<T>(value: T, prefix: string): T {
  return mapValues(value, (key, item) =>
    key === '$ref' && typeof item === 'string' && item.startsWith(DEFINITIONS)
      ? prefix + item.slice(DEFINITIONS.length)
      : item,
  );
}

function referencedNames(value: unknown): string[] {
  const names: string[] = [];
  mapValues(value, (key, item) => {
    if (key === '$ref' && typeof item === 'string') names.push(item.slice(DEFINITIONS.length));
    return item;
  });
  return names;
}

/** A copy of JSON data in which each property's value went through `change`, from the outside in. */
export function mapValues<T>(value: T, change: (key: string, item: unknown) => unknown): T {
  const copy = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(copy);
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, copy(change(key, inner))]));
  };
  // The copy has the shape of the original; only leaves were replaced by leaves.
  return copy(value) as T;
}

/** The same text for the same data, whatever order its keys came in. */
export function canonical(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(sortKeys(value));
}

export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}
