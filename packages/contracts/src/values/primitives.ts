import { z } from 'zod';
import { isStorable, storableJson, storableText } from './storable.ts';

/** Longest message, in code points: zod counts as JSON Schema and Postgres do, not as `String.length`. */
export const MAX_CONTENT_LENGTH = 16_384;
/** Largest free-form JSON object (bot context, metadata), in characters of JSON. */
export const MAX_JSON_LENGTH = 16_384;
/** Deepest nesting of one. Readers and writers may be recursive: our libraries, Postgres, a client. */
export const MAX_JSON_DEPTH = 32;
/** Most entries that one page carries. */
export const MAX_PAGE = 200;

const atMost = (max: number) => `must have at most ${max} characters`;

/** A name that programs compare, such as an id. It is refused rather than changed: two that differ stay two. */
export const exactText = (max: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(max, atMost(max))
    .refine(isStorable, 'must not contain NUL characters or broken surrogate pairs');

/** A line of text that people write and read. What cannot be stored is left out; nobody is refused for it. */
export const text = (max: number) =>
  z.string().overwrite(storableText).min(1, 'must not be empty').max(max, atMost(max));

export const content = text(MAX_CONTENT_LENGTH).refine((value) => value.trim() !== '', 'must not be blank');

/** UUIDv7 as text: sortable by time of creation, and safe as one token of a NATS subject. */
export const id = z.uuid();
export const sessionId = id.describe('id of a session (UUIDv7)');
export const agentId = id.describe('id of an agent (UUIDv7)');

/** An id that a client chooses so that a repeat of its request can be told from a new one. */
export const clientId = exactText(128).describe(
  'chosen by the client, unique within its session; makes a repeat harmless',
);

export const timestamp = z.iso.datetime().describe('ISO 8601, UTC');

/** Postgres keeps numbers in 32 bits. */
const MAX_NUMBER = 2_147_483_647;
export const seq = z.int().min(1).max(MAX_NUMBER).describe('number of an entry in its session: 1, 2, 3 … without gaps');
export const epoch = z.int().min(1).max(MAX_NUMBER).describe('raised by every change of who is in control');
/** How far a reader has come; 0 is before the first entry. */
export const seenSeq = z.int().min(0).max(MAX_NUMBER);

const tooLarge = `must be JSON of at most ${MAX_JSON_LENGTH} characters and ${MAX_JSON_DEPTH} levels`;

/** Free-form JSON object. The values are the caller's, but for characters that cannot be stored: they are left out. */
export const jsonObject = z
  .record(z.string(), z.unknown())
  .refine(fitsAsJson, { message: tooLarge, abort: true })
  .overwrite(kept);
export type JsonObject = z.infer<typeof jsonObject>;

/** Free text under the limits of free-form JSON, empty or not: it is kept as JSON beside objects. */
export const jsonText = z
  .string()
  .max(MAX_JSON_LENGTH, atMost(MAX_JSON_LENGTH))
  .refine(fitsAsJson, `must be at most ${MAX_JSON_LENGTH} characters of JSON`)
  .overwrite(storableText);

function fitsAsJson(value: unknown): boolean {
  return isWithin(value, MAX_JSON_DEPTH) && JSON.stringify(value).length <= MAX_JSON_LENGTH;
}

function kept(value: JsonObject): JsonObject {
  return storableJson(value, JSON.stringify(value));
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1));
}

/** A header of W3C Trace Context. One that cannot be read begins a new trace. */
export const traceparent = z.string().max(512);
