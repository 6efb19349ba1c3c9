import { DEFINITIONS, type JsonSchema } from '../wire/json-schema.ts';
import { formatted, hintsFor, keyHints, ofOthers } from './sample-hints.ts';

/** required: the least that is valid, to show how a call can be made. all: everything there may be. */
export type SampleExtent = 'required' | 'all';

/**
 * A valid example for a schema that reads like a real one: values come from hints by the name of the property, and from
 * the schema where there is no hint or the hint is of another type. `where` is the endpoint or event it is for.
 */
export function sample(
  schema: JsonSchema,
  definitions: Record<string, JsonSchema>,
  { extent = 'all', where = '' }: { extent?: SampleExtent; where?: string } = {},
): unknown {
  const hints = hintsFor(where);
  const build = (part: JsonSchema, owner: string, key: string): unknown => {
    const hint = hints[`${owner}.${key}`] ?? hints[key];
    if (hint === 'null' && allowsNull(part)) return null;
    const variant = choose(part);
    if (typeof variant.$ref === 'string') {
      const name = variant.$ref.slice(DEFINITIONS.length);
      return buildVariant(choose(definitions[name] ?? {}), name.replace(/Input$/, ''), key);
    }
    if (variant.const !== undefined) return variant.const;
    if (hint !== undefined && suits(hint, variant)) return hint;
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
      entries.push([keyHints[key] ?? 'name', build(part.additionalProperties as JsonSchema, owner, key)]);
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

function suits(hint: unknown, schema: JsonSchema): boolean {
  if (Array.isArray(schema.enum)) return schema.enum.includes(hint);
  const { type } = schema;
  if (typeof hint === 'string')
    return type === 'string' && hint.length <= Number(schema.maxLength ?? Number.POSITIVE_INFINITY);
  if (typeof hint === 'number') return type === 'number' || (type === 'integer' && Number.isInteger(hint));
  if (typeof hint === 'boolean') return type === 'boolean';
  return Array.isArray(hint) ? type === 'array' : schema.additionalProperties === true;
}
