import table from '../../phrases/form.json' with { type: 'json' };
import { isObject, type JsonSchema } from '../request/chat-request.ts';
import { inWords, normalise, shorten } from '../text.ts';

type Fact = keyof typeof table.holds;
/**
 * What the model knows when it fills in a form: a tool's arguments, or an answer asked for as JSON. `message` is what
 * the customer wrote, `wants` what that is about, `answered` what the bot has already said.
 */
export type Facts = Readonly<{ message: string } & Partial<Record<Fact, string | undefined>>>;

const rowsOf = <Key extends string>(rows: Record<Key, string>) => Object.entries(rows) as [Key, string][];
/** What each kind of property holds, by its name; the first row that matches counts. */
const HOLDS = rowsOf(table.holds).map(([fact, names]) => ({ fact, names: new RegExp(names) }));
/** Property names that ask for something only the customer can give, and how it looks in a message. */
const IDENTIFYING = rowsOf(table.onlyTheCustomerKnows).map(([names, looks]) => ({
  names: new RegExp(names),
  looks: new RegExp(looks, 'i'),
}));
/** Words that a schema's enum may use for what we know. */
const SAME: Readonly<Record<string, string>> = table.sameAs;

/**
 * Fills an object of the given JSON Schema by what its properties are called. Optional properties about which
 * nothing is known are left out; required ones get null where allowed, else the customer's words or a zero. `missing`
 * names the required ones that only the customer can give and has not given.
 */
export function fillForm(root: JsonSchema, facts: Facts): { value: Record<string, unknown>; missing: string[] } {
  const missing: string[] = [];

  const fillObject = (schema: JsonSchema, depth: number): Record<string, unknown> => {
    const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
    const values = Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([name, property]) => [
      name,
      fillProperty(name, isObject(property) ? property : {}, required.includes(name), depth),
    ]);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
  };

  const fillProperty = (property: string, given: JsonSchema, required: boolean, depth: number): unknown => {
    const { schema, nullable } = resolve(given, root);
    const name = inWords(property);
    const { fact } = HOLDS.find(({ names }) => names.test(name)) ?? {};
    const otherwise = fact === 'topic' ? facts.wants : fact === 'query' ? facts.message : undefined;
    const known = (fact && facts[fact]) ?? otherwise ?? '';
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
      case 'array':
        return known === '' ? unknown([]) : [limit(known, isObject(schema.items) ? schema.items : {})];
      case 'object':
        // Schemas can be recursive; forms are not that deep.
        return depth >= 4 ? unknown({}) : fillObject(schema, depth + 1);
      default: {
        const { looks } = IDENTIFYING.find(({ names }) => names.test(name)) ?? {};
        if (looks === undefined) return known === '' ? unknown(limit(facts.message, schema)) : limit(known, schema);
        const found = looks.exec(facts.message)?.[0].replace(/^#/, '');
        if (found === undefined && required && unknown(undefined) === undefined) missing.push(property);
        return found ?? unknown('');
      }
    }
  };
  return { value: fillObject(root, 0), missing };
}

/** The option that says what is known, else one that the message mentions. */
function choose(options: readonly unknown[], known: string, message: string): unknown {
  const plain = ` ${normalise(message)} `;
  const isMentioned = (option: unknown) => plain.includes(` ${normalise(inWords(String(option)))} `);
  return named(options, SAME[known] ?? known.toLowerCase()) ?? options.find(isMentioned);
}

const fallback = (options: readonly unknown[]): unknown => named(options, 'other general unknown') ?? options[0];

const named = (options: readonly unknown[], names: string): unknown =>
  names.split(' ').flatMap((name) => options.filter((option) => String(option).toLowerCase() === name))[0];

/** Follows a local reference and picks the first alternative that is not null. */
function resolve(given: JsonSchema, root: JsonSchema, depth = 0): { schema: JsonSchema; nullable: boolean } {
  if (depth > 8) return { schema: {}, nullable: false };
  if (typeof given.$ref === 'string') {
    const steps = given.$ref.replace(/^#\//, '').split('/');
    const target = steps.reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), root);
    return resolve(isObject(target) ? target : {}, root, depth + 1);
  }
  const alternatives = [given.anyOf ?? given.oneOf ?? []].flat().filter(isObject);
  const isNull = ({ type }: JsonSchema) => type === 'null';
  const chosen = alternatives.find((one) => !isNull(one));
  if (chosen !== undefined) {
    const inner = resolve(chosen, root, depth + 1);
    return { ...inner, nullable: inner.nullable || alternatives.some(isNull) };
  }
  const types: unknown[] = [given.type].flat();
  return { schema: { ...given, type: types.find((type) => type !== 'null') }, nullable: types.includes('null') };
}

const limit = (text: string, { maxLength }: JsonSchema): string => shorten(text, Number(maxLength ?? 2000));

function clamp(value: number, { minimum, maximum, type }: JsonSchema): number {
  const rounded = type === 'integer' ? Math.round(value) : value;
  return Math.min(Number(maximum ?? Infinity), Math.max(Number(minimum ?? -Infinity), rounded));
}
