import { isObject } from '../is-object.ts';
import type { JsonSchema } from '../request/chat-request.ts';
import { normalise, shorten } from './understanding/text.ts';

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
const SAME: Readonly<Record<string, string>> = {
  high: 'urgent critical p1 1',
  normal: 'medium standard default p2 2',
  low: 'minor p3 3',
  upset: 'angry frustrated negative annoyed unhappy',
  calm: 'neutral friendly ok satisfied',
};

/** Property names that ask for something only the customer can give, and how it looks in a message. */
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
export function fillForm(root: JsonSchema, facts: Facts): Filled {
  const missing: string[] = [];

  const fillObject = (schema: JsonSchema, depth: number): Record<string, unknown> => {
    const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
    const values = Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([name, property]) => [
      name,
      fillProperty(name, isObject(property) ? property : {}, required.includes(name), depth),
    ]);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
  };

  const fillProperty = (name: string, given: JsonSchema, required: boolean, depth: number): unknown => {
    const { schema, nullable } = resolve(given, root);
    const known = BY_NAME.find(([names]) => names.test(name))?.[1](facts) ?? '';
    /** For what nothing is known of: absent if it may be, else null if it may be, else the default, else a guess. */
    const unknown = (guess: unknown): unknown => (required ? (nullable ? null : (schema.default ?? guess)) : undefined);
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum)) return choose(schema.enum, known, facts.message) ?? unknown(fallback(schema.enum));
    switch (schema.type) {
      case 'number':
      case 'integer': {
        const found = /-?\d+(?:\.\d+)?/.exec(facts.message)?.[0];
        return required && found !== undefined ? clamp(Number(found), schema) : unknown(clamp(0, schema));
      }
      case 'boolean':
        return unknown(false);
      case 'array': {
        const items = resolve(isObject(schema.items) ? schema.items : {}, root).schema;
        return known !== '' && items.type === 'string' ? [limit(known, items)] : unknown([]);
      }
      case 'object':
        // Schemas can be recursive; forms are not that deep.
        return depth >= 4 ? unknown({}) : fillObject(schema, depth + 1);
      default: {
        const looks = IDENTIFYING.find(([names]) => names.test(name))?.[1];
        if (looks === undefined) return known === '' ? unknown(limit(facts.message, schema)) : limit(known, schema);
        const found = looks.exec(facts.message)?.[0].replace(/^#/, '');
        if (found === undefined && required && unknown(undefined) === undefined) missing.push(name);
        return found ?? unknown('');
      }
    }
  };
  return { value: fillObject(root, 0), missing };
}

const named = (options: readonly unknown[], word: string): unknown =>
  options.find((option) => typeof option === 'string' && option.toLowerCase() === word);

/** The option that says what is known, else one that the message mentions. */
function choose(options: readonly unknown[], known: string, message: string): unknown {
  const words = [known.toLowerCase(), ...(SAME[known] ?? '').split(' ')].filter((word) => word !== '');
  const said = words.map((word) => named(options, word)).find((option) => option !== undefined);
  const plain = ` ${normalise(message)} `;
  const isMentioned = (option: unknown) =>
    typeof option === 'string' && plain.includes(` ${normalise(option.replaceAll('_', ' '))} `);
  return said ?? options.find(isMentioned);
}

const fallback = (options: readonly unknown[]): unknown =>
  named(options, 'other') ?? named(options, 'general') ?? named(options, 'unknown') ?? options[0];

/** Follows a local reference and picks the first alternative that is not null. */
function resolve(given: JsonSchema, root: JsonSchema, depth = 0): { schema: JsonSchema; nullable: boolean } {
  if (depth > 8) return { schema: {}, nullable: false };
  if (typeof given.$ref === 'string' && given.$ref.startsWith('#/')) {
    const steps = given.$ref.slice(2).split('/');
    const target = steps.reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), root);
    return isObject(target) ? resolve(target, root, depth + 1) : { schema: {}, nullable: false };
  }
  const alternatives: unknown = given.anyOf ?? given.oneOf;
  if (Array.isArray(alternatives)) {
    const isNull = (schema: unknown) => isObject(schema) && schema.type === 'null';
    const inner = resolve(alternatives.filter(isObject).find((schema) => !isNull(schema)) ?? {}, root, depth + 1);
    return { ...inner, nullable: inner.nullable || alternatives.some(isNull) };
  }
  const types: unknown[] = Array.isArray(given.type) ? given.type : [given.type];
  return { schema: { ...given, type: types.find((type) => type !== 'null') }, nullable: types.includes('null') };
}

const limit = (text: string, { maxLength }: JsonSchema): string =>
  shorten(text, typeof maxLength === 'number' ? maxLength : 2000);

function clamp(value: number, { minimum, maximum, type }: JsonSchema): number {
  const least = typeof minimum === 'number' ? minimum : -Infinity;
  const most = typeof maximum === 'number' ? maximum : Infinity;
  return Math.min(most, Math.max(least, type === 'integer' ? Math.round(value) : value));
}
