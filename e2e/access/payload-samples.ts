import { randomUUID } from 'node:crypto';
import { type ClientEventName, clientEvents } from '@baton/contracts';
import { z } from 'zod';

/** As much of JSON Schema as the payloads of the contract use. */
interface Schema {
  type?: string;
  format?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  minimum?: number;
}

const schemaOf = (event: ClientEventName): Schema =>
  z.toJSONSchema(clientEvents[event].payload, { io: 'input', unrepresentable: 'any' }) as Schema;

/** Events of the catalogue that name a session. */
export const eventsAboutSessions = (Object.keys(clientEvents) as ClientEventName[]).filter(
  (event) => schemaOf(event).properties?.sessionId !== undefined,
);

/** The fields of an event that hold words of their sender, as `field` or `field.inner`. */
export const wordsOf = (event: ClientEventName): string[] => fieldsOfWords(schemaOf(event));

/** Ids that clients choose, secrets and headers: texts, but nobody's words. */
const NO_WORDS = /^(client.*Id|token|traceparent)$/;

function fieldsOfWords({ properties = {}, anyOf, oneOf }: Schema): string[] {
  const own = Object.entries(properties).flatMap(([name, field]) => {
    const isText = field.type === 'string' && [field.format, field.enum, field.const].every((one) => one === undefined);
    const inner = fieldsOfWords(field).map((path) => `${name}.${path}`);
    return isText && !NO_WORDS.test(name) ? [name, ...inner] : inner;
  });
  return [...own, ...(anyOf ?? oneOf ?? []).flatMap(fieldsOfWords)];
}

/**
 * Payloads that fit the schema of an event, with every field that there is: one for each way of its unions. The values
 * are new at each call, so that no answer is that of a repeat.
 */
export const payloadsOf = (event: ClientEventName): Record<string, unknown>[] =>
  samples(schemaOf(event)) as Record<string, unknown>[];

function samples(schema: Schema): unknown[] {
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum !== undefined) return schema.enum;
  const ways = schema.anyOf ?? schema.oneOf;
  if (ways !== undefined) return ways.flatMap(samples);
  switch (schema.type) {
    case 'object':
      return Object.entries(schema.properties ?? {}).reduce<Record<string, unknown>[]>(
        (made, [name, field]) => made.flatMap((one) => samples(field).map((value) => ({ ...one, [name]: value }))),
        [{}],
      );
    case 'string':
      return [schema.format === 'uuid' ? randomUUID() : `made-up-${randomUUID()}`];
    case 'boolean':
      return [true];
    case 'integer':
    case 'number':
      return [Math.max(1, schema.minimum ?? 1)];
    default:
      return [{}];
  }
}
