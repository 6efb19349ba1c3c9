import type { Direction, JsonSchema } from './json-schema.ts';
import { compareSchemas, type SchemaContext } from './schema-diff.ts';
import type { WireSnapshot } from './wire-snapshot.ts';

/** breaking: something that used to be understood no longer is, by the old or the new side. */
export interface WireChange {
  severity: 'additive' | 'breaking';
  /** What changed, as one would look for it in the reference. */
  where: string;
  what: string;
}

const sections = {
  endpoints: { request: 'input', value: 'output' },
  events: { payload: 'output' },
  live: { payload: 'output' },
  hints: { payload: 'output' },
  clientEvents: { payload: 'input', value: 'output' },
  serverEvents: { payload: 'output' },
  http: { payload: 'output' },
} as const satisfies Partial<Record<keyof WireSnapshot, Record<string, Direction>>>;

type Member = Record<string, unknown>;

/** Every difference between two states of the wire, breaking ones first. */
export function compareWire(before: WireSnapshot, after: WireSnapshot): WireChange[] {
  const changes: WireChange[] = [];
  const definitionsToCompare = new Set<string>();
  const context: SchemaContext = {
    before: before.definitions,
    after: after.definitions,
    report: (severity, where, what) => changes.push({ severity, where, what }),
    sameDefinition: (name, direction) => definitionsToCompare.add(`${direction}:${name}`),
  };

  compareNames('code', before.codes, after.codes, context);
  for (const list of ['universalCodes', 'socketCodes'] as const)
    compareRefusals(list, before[list], after[list], context);

  for (const [section, schemas] of Object.entries(sections)) {
    const [old, now] = [before, after].map((wire) => wire[section as keyof typeof sections] as Record<string, Member>);
    compareNames(section, Object.keys(old ?? {}), Object.keys(now ?? {}), context);
    for (const [name, member] of Object.entries(old ?? {})) {
      const current = now?.[name];
      if (current === undefined) continue;
      for (const [key, direction] of Object.entries(schemas))
        compareSchemas(`${name} ${key}`, member[key] as JsonSchema, current[key] as JsonSchema, direction, context);
      compareFacts(name, member, current, context);
    }
  }

  // A definition is compared once for each direction it travels in, and may lead to others.
  for (const marked of definitionsToCompare) {
    const [direction, name] = marked.split(':') as [Direction, string];
    const [old, now] = [before.definitions[name], after.definitions[name]];
    const where = `${name} (as ${direction === 'input' ? 'sent to' : 'sent by'} Baton)`;
    if (old !== undefined && now !== undefined) compareSchemas(where, old, now, direction, context);
  }
  return changes.sort((a, b) => Number(a.severity === 'additive') - Number(b.severity === 'additive'));
}

function compareNames(what: string, before: string[], after: string[], { report }: SchemaContext): void {
  for (const name of before) if (!after.includes(name)) report('breaking', `${what} ${name}`, 'was removed');
  for (const name of after) if (!before.includes(name)) report('additive', `${what} ${name}`, 'was added');
}

/** Callers take a code that they do not know for INTERNAL, so more or fewer of them break nothing. */
function compareRefusals(where: string, before: string[], after: string[], { report }: SchemaContext): void {
  for (const code of before) if (!after.includes(code)) report('additive', where, `no longer refuses with ${code}`);
  for (const code of after) if (!before.includes(code)) report('additive', where, `may refuse with ${code} now`);
}

function compareFacts(name: string, before: Member, after: Member, context: SchemaContext): void {
  if (Array.isArray(before.refusals) && Array.isArray(after.refusals))
    compareRefusals(name, before.refusals, after.refusals, context);
  for (const fact of ['subject', 'delivery', 'to', 'repeatable'] as const) {
    const [old, now] = [before[fact], after[fact]];
    if (old === now) continue;
    // A snapshot from before a fact was written down says nothing about it.
    const harmless = old === undefined || (fact === 'repeatable' && now === true);
    context.report(harmless ? 'additive' : 'breaking', name, `${fact} was ${String(old)} and is ${String(now)}`);
  }
}

/** The changes as lines for people, aligned. */
export function describeChanges(changes: WireChange[]): string {
  return changes.map(({ severity, where, what }) => `  ${severity.padEnd(8)}  ${where}: ${what}`).join('\n');
}

/** What the author of a schema change has to do now. */
export function adviceFor(changes: WireChange[], before: WireSnapshot, after: WireSnapshot): string {
  const mustRaise = changes.some(({ severity }) => severity === 'breaking') && !isRaised(before, after);
  return mustRaise
    ? [
        'Something that used to be understood no longer is. Make it an addition, or:',
        `  1. raise PROTOCOL_VERSION in packages/contracts/src/wire/protocol-version.ts to ${before.protocolVersion + 1}, and note there what changed;`,
        '  2. pnpm contracts:generate',
        `If protocol version ${before.protocolVersion} was never released: pnpm contracts:generate --unreleased`,
      ].join('\n')
    : 'If it is meant: pnpm contracts:generate';
}

export const isRaised = (before: WireSnapshot, after: WireSnapshot) => after.protocolVersion > before.protocolVersion;
