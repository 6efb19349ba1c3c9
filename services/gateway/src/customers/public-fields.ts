import { z } from 'zod';

/** Copies the fields that a schema lists, and drops all others. */
export type PickPublic = (value: unknown) => unknown;

/**
 * Compiles a schema into a function that copies the fields it lists. It does not validate: our own services build these
 * payloads by the contract, and a second parse of every message would only cost time.
 */
export function publicFields(schema: z.ZodType): PickPublic {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    const inner = publicFields(schema.unwrap() as z.ZodType);
    return (value) => (value === undefined || value === null ? value : inner(value));
  }
  if (schema instanceof z.ZodArray) {
    const element = publicFields(schema.element as z.ZodType);
    return (value) => (value as unknown[]).map(element);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) return publicFieldsByKind(schema);
  if (!(schema instanceof z.ZodObject)) return (value) => value;
  const fields = Object.entries(schema.shape as Record<string, z.ZodType>).map(
    ([name, field]): [string, PickPublic] => [name, publicFields(field)],
  );
  return (value) => {
    const from = value as Record<string, unknown>;
    const picked: Record<string, unknown> = {};
    for (const [name, pick] of fields) if (from[name] !== undefined) picked[name] = pick(from[name]);
    return picked;
  };
}

/** A kind that the schema does not list has no public fields. */
function publicFieldsByKind(schema: z.ZodDiscriminatedUnion): PickPublic {
  const { discriminator } = schema.def;
  const kinds = new Map<unknown, PickPublic>();
  for (const option of schema.options as z.ZodObject<Record<string, z.ZodType>>[]) {
    const kind = option.shape[discriminator];
    if (!(kind instanceof z.ZodLiteral)) throw new Error(`${discriminator} of an option is not a literal`);
    for (const value of kind.values) kinds.set(value, publicFields(option));
  }
  return (value) => kinds.get((value as Record<string, unknown>)[discriminator])?.(value) ?? {};
}
