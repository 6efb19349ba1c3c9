import { DEFINITIONS, type JsonSchema } from '../wire/json-schema.ts';

interface Row {
  name: string;
  type: string;
  presence: string;
  meaning: string;
}

/**
 * A schema's members as a Markdown table, those of nested objects under dotted names. Schemas with a name of their own
 * are linked instead of repeated. `presence` heads the column that says what must be there.
 */
export function schemaTable(schema: JsonSchema, presence: 'required' | 'always there'): string {
  const rows: Row[] = [];
  addMembers(schema, '', rows);
  if (rows.length === 0) return isFreeForm(schema) ? describeType(schema) : 'Nothing: `{}`.';
  const head = `| name | type | ${presence} | meaning |\n|---|---|---|---|`;
  return [head, ...rows.map(tableRow)].join('\n');
}

const tableRow = (row: Row) =>
  `| \`${row.name}\` | ${escapePipes(row.type)} | ${row.presence} | ${escapePipes(row.meaning)} |`;

function addMembers(schema: JsonSchema, prefix: string, rows: Row[]): void {
  const required = (schema.required ?? []) as string[];
  for (const [key, member] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)) {
    const name = prefix + key;
    rows.push({
      name,
      type: describeType(member),
      presence: describePresence(member, required.includes(key)),
      meaning: String(member.description ?? ''),
    });
    addNested(member, name, rows);
  }
}

function addNested(member: JsonSchema, name: string, rows: Row[]): void {
  if (member.type === 'object') {
    addMembers(member, `${name}.`, rows);
    if (isSchema(member.additionalProperties)) addNested(member.additionalProperties, `${name}.<key>`, rows);
  }
  if (member.type === 'array' && isSchema(member.items)) addNested(member.items, `${name}[]`, rows);
  for (const form of formsOf(member)) {
    if (form.type !== 'object') continue;
    const { fixed, rest } = splitFixed(form);
    addMembers(rest, fixed === '' ? `${name}.` : `${name}(${fixed}).`, rows);
  }
}

/** The words that tell the forms of a union apart, and the form without them. */
function splitFixed(form: JsonSchema): { fixed: string; rest: JsonSchema } {
  const properties = Object.entries((form.properties ?? {}) as Record<string, JsonSchema>);
  const isFixed = ([, property]: [string, JsonSchema]) => property.const !== undefined;
  const fixed = properties.filter(isFixed).map(([key, property]) => `${key}: ${String(property.const)}`);
  return {
    fixed: fixed.join(', '),
    rest: { ...form, properties: Object.fromEntries(properties.filter((entry) => !isFixed(entry))) },
  };
}

const formsOf = (schema: JsonSchema) => (schema.oneOf ?? schema.anyOf ?? []) as JsonSchema[];
const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;
const isFreeForm = (schema: JsonSchema) => schema.$ref !== undefined || formsOf(schema).length > 0;

function describePresence(schema: JsonSchema, required: boolean): string {
  if (schema.default !== undefined) return `or else \`${JSON.stringify(schema.default)}\``;
  return required ? 'yes' : '';
}

/** A schema's type in a few words, with its limits. */
export function describeType(schema: JsonSchema): string {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.slice(DEFINITIONS.length);
    return `[${name}](#shape:${name})`;
  }
  const forms = formsOf(schema);
  if (forms.length > 0) return forms.map(describeForm).join(' or ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => describeType({ ...schema, type })).join(' or ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (Array.isArray(schema.enum)) return describeWords(schema.enum as string[]);
  switch (schema.type) {
    case 'string':
      if (schema.format === 'uuid') return 'UUID';
      if (schema.format === 'date-time') return 'time';
      return `text${range(schema.minLength, schema.maxLength)}`;
    case 'integer':
      return `integer${range(schema.minimum, schema.maximum)}`;
    case 'number':
      return `number${range(schema.minimum, schema.maximum)}`;
    case 'array': {
      const limits = range(schema.minItems, schema.maxItems);
      return `list of ${describeType(schema.items as JsonSchema)}${limits && `,${limits}`}`;
    }
    case 'object':
      return isSchema(schema.additionalProperties)
        ? `object of ${describeType(schema.additionalProperties)}`
        : 'object';
    default:
      return String(schema.type ?? 'anything');
  }
}

function describeForm(form: JsonSchema): string {
  const { fixed } = splitFixed(form);
  return form.type === 'object' && fixed !== '' ? `\`{${fixed}}\`` : describeType(form);
}

/** The list of all codes would fill the table, so it is named instead. */
const describeWords = (words: string[]) =>
  words.includes('VALIDATION_FAILED') ? '[code](#codes)' : words.map((word) => `\`${word}\``).join(' ');

function range(low: unknown, high: unknown): string {
  if (low === undefined && high === undefined) return '';
  if (high === undefined) return ` ≥ ${String(low)}`;
  if (low === undefined) return ` ≤ ${String(high)}`;
  return ` ${String(low)} … ${String(high)}`;
}

const escapePipes = (text: string) => text.replaceAll('|', '\\|');
