import type { Usage } from '../model.ts';

/** One message of a stream, in one form for all dialects. */
export interface Chunk {
  /** The endpoint reports an error instead of going on. */
  error: unknown;
  thoughts: string;
  words: string;
  calls: readonly unknown[];
  /** The finish reason, unchanged; undefined before the end. */
  finish: string | undefined;
  usage: Usage | undefined;
  model: string;
}

const MAX_TOKENS_COUNTED = 1_000_000_000;
const MAX_NAME = 200;

export type Fields = Record<string, unknown>;
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads a message leniently: missing fields, and fields of a wrong type, are ignored. */
export function readChunk(value: unknown): Chunk {
  const root = Array.isArray(value) ? value[0] : value;
  const fields = isFields(root) ? root : {};
  const choice = firstChoice(fields.choices);
  // A whole answer has a `message` instead of a `delta`, even within a stream.
  const said = [choice.delta, choice.message, fields.message].find(isFields) ?? {};
  const content = readContent(said.content ?? choice.text);
  return {
    error: errorOf(fields),
    thoughts: thoughtsOf(said) + content.thoughts,
    words: content.words || (typeof said.refusal === 'string' ? said.refusal : ''),
    calls: callsOf(said),
    finish: textOr(choice.finish_reason ?? choice.stop_reason),
    usage: readUsage(fields.usage ?? choice.usage),
    model: typeof fields.model === 'string' ? fields.model.slice(0, MAX_NAME) : '',
  };
}

/** Only the first answer is requested and read. */
function firstChoice(choices: unknown): Fields {
  const all = Array.isArray(choices) ? choices.filter(isFields) : [];
  return all.find(({ index }) => index === undefined || index === 0) ?? {};
}

const textOr = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

function errorOf({ error, object, message }: Fields): unknown {
  if (error !== undefined && error !== null && error !== false && error !== '') return error;
  return object === 'error' ? { message } : undefined;
}

/** Some servers separate thoughts from the answer, in a field with one of several names. */
function thoughtsOf(said: Fields): string {
  for (const name of ['reasoning_content', 'reasoning', 'thinking', 'reasoning_text'])
    if (typeof said[name] === 'string' && said[name] !== '') return said[name];
  const details = said.reasoning_details;
  return Array.isArray(details) ? details.map((detail) => plain(detail)).join('') : '';
}

/** `content` is a text, one part, or a list of parts some of which are thoughts. */
function readContent(content: unknown): { words: string; thoughts: string } {
  if (typeof content === 'string') return { words: content, thoughts: '' };
  const read = { words: '', thoughts: '' };
  for (const part of Array.isArray(content) ? content : [content]) {
    if (typeof part === 'string') read.words += part;
    if (!isFields(part)) continue;
    const type = String(part.type ?? 'text');
    if (type.includes('thinking') || type.includes('reasoning')) read.thoughts += plain(part);
    else read.words += plain(part);
  }
  return read;
}

/** The text of a part, which may be a list of parts itself. */
function plain(part: unknown): string {
  if (typeof part === 'string') return part;
  if (Array.isArray(part)) return part.map(plain).join('');
  if (!isFields(part)) return '';
  for (const name of ['text', 'thinking', 'reasoning', 'summary', 'refusal', 'content'])
    if (typeof part[name] === 'string' || Array.isArray(part[name])) return plain(part[name]);
  return '';
}

function callsOf(said: Fields): readonly unknown[] {
  if (Array.isArray(said.tool_calls)) return said.tool_calls;
  if (isFields(said.tool_calls)) return [said.tool_calls];
  return isFields(said.function_call) ? [{ function: said.function_call }] : [];
}

/** Counts are for metrics and budgets: invalid ones are ignored and never fail an answer. */
function readUsage(usage: unknown): Usage | undefined {
  if (!isFields(usage)) return undefined;
  const prompt = count(usage.prompt_tokens ?? usage.input_tokens);
  const completion = count(usage.completion_tokens ?? usage.output_tokens);
  const total = count(usage.total_tokens);
  if (prompt === undefined && completion === undefined) return undefined;
  return {
    promptTokens: prompt ?? Math.max(0, (total ?? 0) - (completion ?? 0)),
    completionTokens: completion ?? Math.max(0, (total ?? 0) - (prompt ?? 0)),
  };
}

function count(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number.parseFloat(value) : value;
  const fits = typeof number === 'number' && number >= 0 && number <= MAX_TOKENS_COUNTED;
  return fits ? Math.round(number) : undefined;
}
