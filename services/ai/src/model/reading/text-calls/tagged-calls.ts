/*
 * Calls with each argument in a tag of its own:
 *   <function=NAME><parameter=KEY>VALUE</parameter></function>                     Qwen3-Coder, Seed-OSS
 *   <invoke name="NAME"><parameter name="KEY">VALUE</parameter></invoke>           MiniMax, DeepSeek V3.2
 *   NAME <arg_key>KEY</arg_key><arg_value>VALUE</arg_value>                        GLM
 */

/** A tool call that a model wrote as text. */
export interface WrittenCall {
  name: string;
  arguments: string;
}

/** Prefixes of tags without meaning. */
const PREFIXES = ['｜DSML｜', '|DSML|', 'minimax:', 'seed:', 'antml:'];
const FUNCTION_TAGS = ['<function=', '<invoke name=', '<function name='];
const PARAMETER_TAGS = ['<parameter=', '<parameter name='];

export const isTagged = (body: string): boolean =>
  ['parameter=', 'parameter name=', '<arg_key>'].some((sign) => body.includes(sign));

export function readTaggedCalls(body: string): WrittenCall[] {
  const text = PREFIXES.reduce((rest, prefix) => rest.replaceAll(prefix, ''), body);
  if (text.includes('<arg_key>')) return [readKeysAndValues(text)];
  const calls: WrittenCall[] = [];
  for (let at = next(text, FUNCTION_TAGS, 0); at !== undefined; ) {
    const name = readName(text, at.end);
    const following = next(text, FUNCTION_TAGS, name.end);
    calls.push({
      name: name.value,
      arguments: JSON.stringify(readParameters(text.slice(name.end, following?.start ?? text.length))),
    });
    at = following;
  }
  return calls;
}

function readParameters(text: string): Record<string, unknown> {
  const pairs: [string, unknown][] = [];
  for (let at = next(text, PARAMETER_TAGS, 0); at !== undefined; ) {
    const key = readName(text, at.end);
    const following = next(text, PARAMETER_TAGS, key.end);
    const close = text.indexOf('</parameter>', key.end);
    const end = close < 0 ? (following?.start ?? text.length) : close;
    pairs.push([key.value, plainValue(text.slice(key.end, end))]);
    at = following;
  }
  return Object.fromEntries(pairs);
}

function readKeysAndValues(text: string): WrittenCall {
  const [name = '', ...parts] = text.split('<arg_key>');
  const pairs = parts.map((part): [string, unknown] => {
    const [key = '', rest = ''] = part.split('</arg_key>', 2);
    const value = rest.slice(rest.indexOf('<arg_value>') + '<arg_value>'.length);
    const end = value.indexOf('</arg_value>');
    return [key.trim(), plainValue(end < 0 ? value : value.slice(0, end))];
  });
  return { name: name.trim(), arguments: JSON.stringify(Object.fromEntries(pairs)) };
}

function next(text: string, tags: readonly string[], from: number): { start: number; end: number } | undefined {
  const found = tags.map((tag) => ({ start: text.indexOf(tag, from), tag })).filter(({ start }) => start >= 0);
  const first = found.sort((one, other) => one.start - other.start)[0];
  return first && { start: first.start, end: first.start + first.tag.length };
}

/** From after `=` to the end of the tag: `NAME>` or `"NAME" string="true">`. */
function readName(text: string, at: number): { value: string; end: number } {
  const close = text.indexOf('>', at);
  const end = close < 0 ? text.length : close;
  const written = text.slice(at, end).trim();
  const quote = written[0] === '"' || written[0] === "'" ? written[0] : undefined;
  const value = quote === undefined ? written : written.slice(1).split(quote, 1)[0];
  return { value: value ?? '', end: Math.min(end + 1, text.length) };
}

/** A value that is valid JSON is parsed; any other is a text, trimmed. */
function plainValue(written: string): unknown {
  const text = written.trim();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
