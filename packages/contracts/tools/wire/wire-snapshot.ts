import { type JsonSchema, mapValues, sortKeys } from './json-schema.ts';
import { type WireModel, wireModel } from './wire-model.ts';

/** The frozen wire: what `wire.snapshot.json` holds. Prose is left out, so that only a change of the wire changes it. */
export interface WireSnapshot {
  protocolVersion: number;
  codes: string[];
  universalCodes: string[];
  socketCodes: string[];
  endpoints: Record<
    string,
    { subject: string; request: JsonSchema; value: JsonSchema; refusals: string[]; repeatable: boolean }
  >;
  events: Record<string, { subject: string; delivery: string; payload: JsonSchema }>;
  live: Record<string, { subject: string; delivery: string; payload: JsonSchema }>;
  hints: Record<string, { subject: string; delivery: string; payload: JsonSchema }>;
  clientEvents: Record<string, { payload: JsonSchema; value: JsonSchema; refusals: string[] }>;
  serverEvents: Record<string, { to: string; payload: JsonSchema }>;
  http: Record<string, { payload: JsonSchema }>;
  definitions: Record<string, JsonSchema>;
}

export function wireSnapshot(model: WireModel = wireModel()): WireSnapshot {
  const { services: _, codes, ...rest } = model;
  const bare = withoutProse({ ...rest, codes: Object.keys(codes) });
  // Same members as the model's, less the prose; the order of keys and of sets is fixed so that equal is equal.
  return sortKeys(sortSets(bare)) as WireSnapshot;
}

/** The snapshot as it stands in the file. */
export const snapshotText = (snapshot: WireSnapshot): string => `${JSON.stringify(snapshot, null, 2)}\n`;

const PROSE = new Set(['summary', 'description', 'service', 'key']);

/** `properties` and the like hold names chosen by the contract, which may well be called `description`. */
const NAMED = new Set(['properties', 'definitions', 'endpoints']);

function withoutProse(value: unknown, namesAreOurs = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutProse(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => namesAreOurs || !PROSE.has(key))
      .map(([key, item]) => [key, withoutProse(item, NAMED.has(key) && !namesAreOurs)]),
  );
}

/** Lists whose order says nothing. */
const SETS = new Set(['required', 'enum', 'refusals', 'codes', 'universalCodes', 'socketCodes']);

const alphabetically = (a: unknown, b: unknown) => String(a).localeCompare(String(b), 'en');

function sortSets<T>(value: T): T {
  return mapValues(value, (key, item) =>
    SETS.has(key) && Array.isArray(item) ? [...item].sort(alphabetically) : item,
  );
}
