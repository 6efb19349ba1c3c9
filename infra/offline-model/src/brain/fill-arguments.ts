import type { JsonSchema } from '../chat-request.ts';
import { isObject } from '../is-object.ts';
import { normalise, shorten } from './text.ts';

/** What the model knows when it fills in a form: a tool's arguments, or an answer asked for as JSON. */
export interface Facts {
  /** The customer's words. */
  readonly message: string;
  readonly reason?: string;
  readonly priority?: 'high' | 'normal' | 'low';
  readonly mood?: 'calm' | 'upset';
  /** The conversation in a few sentences. */
  readonly summary?: string;
  /** What the customer wants, in one sentence. */
  readonly wants?: string;
  /** What the bot has already said. */
  readonly answered?: string;
  readonly topic?: string;
  readonly style?: string;
  readonly language?: string;
  readonly query?: string;
  readonly answer?: string;
}

/** What each kind of property holds, by its name; the first row that matches counts. */
const BY_NAME: readonly (readonly [RegExp, (facts: Facts) => string | undefined])[] = [
  [/^reason|^why|^cause|_reason$|Reason$/, (facts) => facts.reason],
  [/priority|urgency|severity/i, (facts) => facts.priority],
  [/mood|sentiment|emotion/i, (facts) => facts.mood],
  [/lang|locale/i, (facts) => facts.language],
  [/style|tone|form$/i, (facts) => facts.style],
  [/tried|attempt|already|answered|steps|done|bot/i, (facts) => facts.answered],
  [/summary|brief|notes?$|context|recap|overview|description|details|history/i, (facts) => facts.summary],
  [/wants?|needs?|goal|issue|problem|request|intent/i, (facts) => facts.wants],
  [/^answer|reply|response/i, (facts) => facts.answer],
  [/topic|subject|theme|about|title|headline/i, (facts) => facts.topic ?? facts.wants],
  [/query|question|search|term|keyword|^q$/i, (facts) => facts.query ?? facts.message],
  [/^(?:text|message|content|input|prompt)$/i, (facts) => facts.message],
];

/** Words that a schema's enum may use for what we know. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  high: ['urgent', 'critical', 'p1', '1'],
  normal: ['medium', 'standard', 'default', 'p2', '2'],
  low: ['minor', 'p3', '3'],
  upset: ['angry', 'frustrated', 'negative', 'annoyed', 'unhappy'],
  calm: ['neutral', 'friendly', 'ok', 'satisfied'],
};

/** Property names that ask for something only the customer can give. */
const IDENTIFYING: readonly (readonly [RegExp, RegExp])[] = [
  [/e-?mail/i, /[^\s@<>"]+@[^\s@<>"]+\.[a-z]{2,}/i],
  [/(?:^|_)(?:id|no|nr|number|code|ref|reference)$|Id$|Number$|Code$/, /#?(?:[A-Za-z]{1,6}-?)?\d[\dA-Za-z-]{1,20}/],
  [
    /date|day/i,
    /\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\b(?:to(?:day|morrow)|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/i,
  ],
];

export interface Filled {
  readonly value: Readonly<Record<string, unknown>>;
  /** Required properties that only the customer can give and has not given. */
  readonly missing: readonly string[];
}

/**
 * Fills an object of the given JSON Schema by what its properties are called. Optional properties about which
 * nothing is known are left out; required ones get null where allowed, else the customer's words or a zero.
 */
export function fillArguments(schema: JsonSchema, facts: Facts): Filled {
  const missing: string[] = [];
  const value = fillObject(schema, facts, { root: schema, missing, depth: 0 });
  return { value, missing };
}

interface Work {
  readonly root: JsonSchema;
  readonly missing: string[];
  readonly depth: number;
}

function fillObject(schema: JsonSchema, facts: Facts, work: Work): Record<string, unknown> {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const filled: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    const value = fillProperty(name, isObject(property) ? property : {}, facts, required.includes(name), work);
    if (value !== undefined) filled[name] = value;
  }
  return filled;
}

function fillProperty(name: string, given: JsonSchema, facts: Facts, required: boolean, work: Work): unknown {
  const { schema, nullable } = resolve(given, work.root);
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return choose(schema.enum, known(name, facts), facts, required, nullable);
  /** For what nothing is known of: absent if it may be, else null if it may be, else the default, else a guess. */
  const unknown = (guess: unknown): unknown => {
    if (!required) return undefined;
    return nullable ? null : (schema.default ?? guess);
  };
  switch (schema.type) {
    case 'number':
    case 'integer': {
      const found = /-?\d+(?:\.\d+)?/.exec(facts.message)?.[0];
      return required && found !== undefined ? clamp(Number(found), schema) : unknown(clamp(0, schema));
    }
    case 'boolean':
      return unknown(false);
    case 'array': {
      const text = known(name, facts);
      const items = resolve(isObject(schema.items) ? schema.items : {}, work.root).schema;
      return text !== undefined && text !== '' && items.type === 'string' ? [limit(text, items)] : unknown([]);
    }
    case 'object':
      // Schemas can be recursive; forms are not that deep.
      return work.depth >= 4 ? unknown({}) : fillObject(schema, facts, { ...work, depth: work.depth + 1 });
    default: {
      const identifying = IDENTIFYING.find(([names]) => names.test(name));
      if (identifying === undefined) {
        const text = known(name, facts);
        return text === undefined || text === '' ? unknown(limit(facts.message, schema)) : limit(text, schema);
      }
      const found = identifying[1].exec(facts.message)?.[0].replace(/^#/, '');
      if (found === undefined && unknown(undefined) === undefined && required) work.missing.push(name);
      return found ?? unknown('');
    }
  }
}

function known(name: string, facts: Facts): string | undefined {
  return BY_NAME.find(([names]) => names.test(name))?.[1](facts);
}

function choose(
  options: readonly unknown[],
  fact: string | undefined,
  facts: Facts,
  required: boolean,
  nullable: boolean,
): unknown {
  const named = (word: string): unknown =>
    options.find((option) => typeof option === 'string' && option.toLowerCase() === word.toLowerCase());
  for (const word of fact === undefined ? [] : [fact, ...(SAME[fact] ?? [])]) {
    const found = named(word);
    if (found !== undefined) return found;
  }
  const message = ` ${normalise(facts.message)} `;
  const mentioned = options.find(
    (option) => typeof option === 'string' && message.includes(` ${normalise(option.replaceAll('_', ' '))} `),
  );
  if (mentioned !== undefined) return mentioned;
  if (!required) return undefined;
  return nullable ? null : (named('other') ?? named('general') ?? named('unknown') ?? options[0]);
}

/** Follows a local reference and picks the first alternative that is not null. */
function resolve(given: JsonSchema, root: JsonSchema, depth = 0): { schema: JsonSchema; nullable: boolean } {
  if (depth > 8) return { schema: {}, nullable: false };
  const reference = given.$ref;
  if (typeof reference === 'string' && reference.startsWith('#/')) {
    let target: unknown = root;
    for (const step of reference.slice(2).split('/')) target = isObject(target) ? target[step] : undefined;
    return isObject(target) ? resolve(target, root, depth + 1) : { schema: {}, nullable: false };
  }
  const alternatives: unknown = given.anyOf ?? given.oneOf;
  if (Array.isArray(alternatives)) {
    const schemas = alternatives.filter(isObject);
    const first = schemas.find((schema) => schema.type !== 'null') ?? {};
    const inner = resolve(first, root, depth + 1);
    return { schema: inner.schema, nullable: inner.nullable || schemas.some((schema) => schema.type === 'null') };
  }
  if (Array.isArray(given.type)) {
    const types: unknown[] = given.type;
    return { schema: { ...given, type: types.find((type) => type !== 'null') }, nullable: types.includes('null') };
  }
  return { schema: given, nullable: false };
}

function limit(text: string, schema: JsonSchema): string {
  const most = schema.maxLength;
  return shorten(text, typeof most === 'number' ? most : 2000);
}

function clamp(value: number, schema: JsonSchema): number {
  const least = typeof schema.minimum === 'number' ? schema.minimum : -Infinity;
  const most = typeof schema.maximum === 'number' ? schema.maximum : Infinity;
  const whole = schema.type === 'integer' ? Math.round(value) : value;
  return Math.min(most, Math.max(least, whole));
}
