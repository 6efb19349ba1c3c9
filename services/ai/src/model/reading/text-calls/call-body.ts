import { type Fields, isFields } from '../chunk.ts';
import { knownName } from '../known-name.ts';
import { readArguments, readValue } from './lenient-value.ts';
import { isTagged, readTaggedCalls, type WrittenCall } from './tagged-calls.ts';

const MAX_CALLS = 32;
/** Words that some forms put between a name and its arguments. */
const FILLERS = new Set([
  'function',
  'functions',
  'json',
  'call',
  'to',
  'commentary',
  'assistant',
  'print',
  'ARGS',
  'CALL_ID',
]);

/**
 * The calls in a text without anything else: JSON objects, a name followed by arguments in JSON or brackets, or tags. A
 * call of a known tool is found even when its arguments are malformed; they are then passed on unchanged, and the tool
 * decides.
 */
export function readCalls(body: string, known: readonly string[]): WrittenCall[] {
  const calls = isTagged(body) ? readTaggedCalls(body) : readSequence(body, known);
  const named = calls.slice(0, MAX_CALLS).map((call) => ({ ...call, name: knownName(call.name, known) }));
  if (named.some(({ name }) => name !== '')) return named.filter(({ name }) => name !== '');
  const mentioned = known.find((name) => body.includes(name));
  return mentioned === undefined ? [] : [{ name: mentioned, arguments: '' }];
}

function readSequence(body: string, known: readonly string[]): WrittenCall[] {
  const calls: WrittenCall[] = [];
  let name = '';
  for (let at = 0; at < body.length; ) {
    const sign = body[at] ?? '';
    if (sign === '{' || (sign === '[' && isListOfObjects(body, at))) {
      const read = readValue(body, at);
      if (read === undefined) {
        // Without an end: the rest of the text belongs to it.
        const inside = name === '' ? known.find((tool) => body.includes(tool)) : name;
        return inside === undefined ? calls : [...calls, { name: inside, arguments: body.slice(at).trim() }];
      }
      calls.push(...callsOf(read.value, name));
      name = '';
      at = read.end;
    } else if (isNameSign(sign)) {
      const end = endOfName(body, at);
      const word = body.slice(at, end);
      if (body[end] === '(' && !FILLERS.has(word)) {
        const read = readArguments(body, end + 1);
        calls.push({ name: word, arguments: JSON.stringify(read?.value ?? {}) });
        at = read?.end ?? body.length;
        continue;
      }
      const better = known.includes(knownName(word, known)) || !known.includes(knownName(name, known));
      if (!FILLERS.has(word) && better) name = word;
      at = end;
    } else at++;
  }
  // A tool without arguments may be called by its name alone.
  return name !== '' && known.includes(knownName(name, known)) ? [...calls, { name, arguments: '' }] : calls;
}

/** `given`: the name before the value. */
function callsOf(value: unknown, given: string): WrittenCall[] {
  if (Array.isArray(value)) return value.flatMap((one) => callsOf(one, given));
  if (!isFields(value)) return [];
  const wrapped = value.tool_calls ?? value.function_call ?? value.tool_call;
  if (wrapped !== undefined && typeof wrapped === 'object') return callsOf(wrapped, given);
  const inner = isFields(value.function) ? value.function : value;
  const name = nameIn(inner);
  if (name === undefined) return given === '' ? [] : [{ name: given, arguments: JSON.stringify(value) }];
  return [{ name, arguments: argumentsIn(inner) }];
}

function nameIn(call: Fields): string | undefined {
  for (const key of ['name', 'tool_name', 'tool', 'function', 'recipient_name', 'action'])
    if (typeof call[key] === 'string' && hasArguments(call, key)) return call[key];
  return undefined;
}

/** Arguments may have a `name` too, so a call must have more than that. */
const hasArguments = (call: Fields, nameKey: string) =>
  ARGUMENT_KEYS.some((key) => call[key] !== undefined) ||
  Object.keys(call).every((key) => key === nameKey || key === 'type' || key === 'id');

const ARGUMENT_KEYS = ['arguments', 'parameters', 'args', 'input', 'tool_input', 'action_input', 'params'];

function argumentsIn(call: Fields): string {
  for (const key of ARGUMENT_KEYS) {
    const given = call[key];
    if (given !== undefined) return typeof given === 'string' ? given : JSON.stringify(given ?? {});
  }
  return '';
}

function isListOfObjects(text: string, at: number): boolean {
  let next = at + 1;
  while (next < text.length && (text[next] ?? '').trim() === '') next++;
  return text[next] === '{';
}

const isNameSign = (sign: string) => /[\p{L}\p{N}_]/u.test(sign);

function endOfName(text: string, at: number): number {
  let end = at;
  while (end < text.length && /[\p{L}\p{N}_.:-]/u.test(text[end] ?? '')) end++;
  return end;
}
