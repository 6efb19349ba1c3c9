import table from '../../phrases/form.json' with { type: 'json' };
import { isObject, type JsonSchema } from '../request/chat-request.ts';
import { inWords, normalise, shorten } from '../text.ts';

type Fact = keyof typeof table.holds;
/**
 * What the model knows when it fills in a form: a tool's arguments, or an answer asked for as JSON. `message` is what
 * the customer wrote, `wants` what that is about, `answered` what the bot has already said.
 */
export type Facts = Readonly<{ message: string } & Partial<Record<Fact, string | undefined>>>;

/** What each kind of property holds, by its name; the first row that matches counts. */
const HOLDS = Object.entries(table.holds).map(([fact, names]) => ({ fact: fact as Fact, names: new RegExp(names) }));
/** Property names that ask for something only the customer can give, and how it looks in a message. */
const IDENTIFYING = Object.entries(table.onlyTheCustomerKnows).map(([names, looks]) => ({
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
export function fillForm(form: JsonSchema, facts: Facts): { value: Record<string, unknown>; missing: string[] } {
  const missing: string[] = [];

  const message = ` ${normalise(facts.message)} `;
  const mentioned = (options: readonly unknown[]): unknown =>
    options.find((option) => message.includes(` ${normalise(inWords(String(option)))} `));

  const fillObject = (schema: JsonSchema): Record<string, unknown> => {
    const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
    const values = Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([name, property]) => [
      name,
      fillProperty(name, isObject(property) ? property : {}, required.includes(name)),
    ]);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
  };

  const fillProperty = (property: string, given: JsonSchema, required: boolean): unknown => {
    const { schema, nullable } = withoutNull(given);
    const name = inWords(property);
    const fact = HOLDS.find(({ names }) => names.test(name))?.fact;
    const known = (fact && facts[fact]) ?? '';
    /** For what nothing is known of: absent if it may be, else null if it may be, else the default, else a guess. */
    const unknown = (guess: unknown): unknown => (required ? (nullable ? null : (schema.default ?? guess)) : undefined);
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum)) {
      const other = named(schema.enum, 'other general unknown') ?? schema.enum[0];
      return named(schema.enum, SAME[known] ?? known.toLowerCase()) ?? mentioned(schema.enum) ?? unknown(other);
    }
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
        return fillObject(schema);
      default: {
        const looks = IDENTIFYING.find(({ names }) => names.test(name))?.looks;
        if (looks === undefined) return known === '' ? unknown(limit(facts.message, schema)) : limit(known, schema);
        const found = looks.exec(facts.message)?.[0].replace(/^#/, '');
        if (found === undefined && required && unknown(undefined) === undefined) missing.push(property);
        return found ?? unknown('');
      }
    }
  };
  return { value: fillObject(form), missing };
}

/** The first of the names that is an option. */
const named = (options: readonly unknown[], names: string): unknown =>
  names.split(' ').flatMap((name) => options.filter((option) => String(option).toLowerCase() === name))[0];

/** The first alternative that is not null, of those that a schema lists or of its types. */
function withoutNull(given: JsonSchema): { schema: JsonSchema; nullable: boolean } {
  const types: unknown[] = [given.type].flat();
  const ofTypes = types.map((type) => ({ ...given, type }));
  const alternatives = [given.anyOf ?? given.oneOf ?? ofTypes].flat().filter(isObject);
  const schema = alternatives.find(({ type }) => type !== 'null') ?? {};
  return { schema, nullable: alternatives.some(({ type }) => type === 'null') };
}

const limit = (text: string, { maxLength }: JsonSchema): string => shorten(text, Number(maxLength ?? 2000));

function clamp(value: number, { minimum, maximum, type }: JsonSchema): number {
  const rounded = type === 'integer' ? Math.round(value) : value;
  return Math.min(Number(maximum ?? Infinity), Math.max(Number(minimum ?? -Infinity), rounded));
}
