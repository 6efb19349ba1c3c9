import { DEFINITIONS, type JsonSchema } from '../wire/json-schema.ts';
import { formatted, keyValues, ofOthers, valuesFor } from './sample-values.ts';

/** required: the least that is valid, to show how a call can be made. all: everything there may be. */
export type SampleExtent = 'required' | 'all';

/**
 * A valid example for a schema that reads like a real one: values are looked up by the name of the property, or come
 * from the schema where none is known or it is of another type. `where` is the endpoint or event it is for.
 */
export function sample(
  schema: JsonSchema,
  definitions: Record<string, JsonSchema>,
  { extent = 'all', where = '' }: { extent?: SampleExtent; where?: string } = {},
): unknown {
  const values = valuesFor(where);
  const build = (part: JsonSchema, owner: string, key: string): unknown => {
    const value = values[`${owner}.${key}`] ?? values[key];
    if (value === 'null' && allowsNull(part)) return null;
    const variant = choose(part);
    if (typeof variant.$ref === 'string') {
      const name = variant.$ref.slice(DEFINITIONS.length);
      return buildVariant(choose(definitions[name] ?? {}), name.replace(/Input$/, ''), key);
    }
    if (variant.const !== undefined) return variant.const;
    if (value !== undefined && suits(value, variant)) return value;
    return buildVariant(variant, key === '' ? owner : key, key);
  };

  /** `owner` is what properties below belong to: a definition, or else the property that holds them. */
  const buildVariant = (variant: JsonSchema, owner: string, key: string): unknown => {
    if (variant.$ref !== undefined) return build(variant, owner, key);
    switch (variant.type) {
      case 'object':
        return buildObject(variant, owner, key);
      case 'array':
        return [build(variant.items as JsonSchema, owner, key.replace(/s$/, ''))];
      case 'string':
        return Array.isArray(variant.enum) ? variant.enum[0] : (formatted[String(variant.format)] ?? 'text');
      case 'integer':
      case 'number':
        return Math.max(typeof variant.minimum === 'number' ? variant.minimum : 0, 3);
      case 'boolean':
        return true;
      default:
        return {};
    }
  };

  const buildObject = (part: JsonSchema, owner: string, key: string): unknown => {
    const required = (part.required ?? []) as string[];
    const entries = Object.entries((part.properties ?? {}) as Record<string, JsonSchema>)
      .filter(([name]) => required.includes(name) || (extent === 'all' && !ofOthers.has(`${owner}.${name}`)))
      .map(([name, property]) => [name, build(property, owner, name)]);
    if (typeof part.additionalProperties === 'object' && part.additionalProperties !== null)
      entries.push([keyValues[key] ?? 'name', build(part.additionalProperties as JsonSchema, owner, key)]);
    return Object.fromEntries(entries);
  };
  return build(schema, '', '');
}

/** Of several possible forms, the first that says something. */
function choose(schema: JsonSchema): JsonSchema {
  const union = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  const member = union?.find((candidate) => candidate.type !== 'null');
  if (member !== undefined) return choose(member);
  if (Array.isArray(schema.type)) return { ...schema, type: schema.type.find((type) => type !== 'null') };
  return schema;
}

function allowsNull(schema: JsonSchema): boolean {
  if (Array.isArray(schema.type)) return schema.type.includes('null');
  return ((schema.anyOf ?? []) as JsonSchema[]).some((member) => member.type === 'null');
}

function suits(value: unknown, schema: JsonSchema): boolean {
  if (Array.isArray(schema.enum)) return schema.enum.includes(value);
  const { type } = schema;
  if (typeof value === 'string')
    return type === 'string' && value.length <= Number(schema.maxLength ?? Number.POSITIVE_INFINITY);
  if (typeof value === 'number') return type === 'number' || (type === 'integer' && Number.isInteger(value));
  if (typeof value === 'boolean') return type === 'boolean';
  return Array.isArray(value) ? type === 'array' : schema.additionalProperties === true;
}
