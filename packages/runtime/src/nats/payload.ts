import { z } from 'zod';

type Check = (value: unknown) => boolean;

const decoder = new TextDecoder();

/** `Buffer` takes small texts from a pool: less than half the time of a TextEncoder (4.6 and 1.9 µs for a message). */
export const encode = (payload: unknown): Uint8Array => Buffer.from(JSON.stringify(payload));

/** JSON, or undefined. The parser's own error would quote what it could not read. [S5] */
export function decode(data: Uint8Array): unknown {
  try {
    return data.length === 0 ? {} : JSON.parse(decoder.decode(data));
  } catch {
    return undefined;
  }
}

const compiled = new WeakMap<z.ZodType, Check>();

/**
 * Whether a value has the types that a schema asks for, at every depth. Values are not checked: publishers are our own
 * services and build the payload by the contract, and an older instance must accept a code or a cause that a newer one
 * adds. Parsing with the schema would cost more than reading the JSON (16 and 9.5 µs for a message; this check 0.3 µs),
 * for every message on every gateway.
 */
export function hasTypesOf(schema: z.ZodType): Check {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = compile(schema);
    compiled.set(schema, check);
  }
  return check;
}

function compile(schema: z.ZodType): Check {
  if (schema instanceof z.ZodOptional) {
    const inner = compile(schema.unwrap() as z.ZodType);
    return (value) => value === undefined || inner(value);
  }
  if (schema instanceof z.ZodNullable) {
    const inner = compile(schema.unwrap() as z.ZodType);
    return (value) => value === null || inner(value);
  }
  if (schema instanceof z.ZodObject) {
    const members = Object.entries(schema.shape).map(([key, inner]): [string, Check] => [key, compile(inner)]);
    return (value) => {
      if (!isObject(value)) return false;
      for (const [key, inner] of members) if (!inner(value[key])) return false;
      return true;
    };
  }
  if (schema instanceof z.ZodArray) {
    const inner = compile(schema.element as z.ZodType);
    return (value) => Array.isArray(value) && value.every(inner);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = schema.def;
    return (value) => isObject(value) && typeof value[discriminator] === 'string';
  }
  if (schema instanceof z.ZodRecord) return isObject;
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat || schema instanceof z.ZodEnum)
    return (value) => typeof value === 'string';
  if (schema instanceof z.ZodNumber) return (value) => typeof value === 'number';
  if (schema instanceof z.ZodBoolean) return (value) => typeof value === 'boolean';
  return () => true;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
