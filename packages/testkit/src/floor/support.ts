import { createRequire } from 'node:module';
import { floor } from '@baton/design/floor';
import type { CompatData, Identifier, SimpleSupportStatement, SupportStatement } from '@mdn/browser-compat-data';

// Node asks for an attribute to import JSON; this way asks for none.
const data = createRequire(import.meta.url)('@mdn/browser-compat-data') as CompatData;

/** Browsers of the floor that lack a feature; undefined when the data does not speak of it. */
function lacking(feature: Identifier | undefined): string[] | undefined {
  const support = feature?.__compat?.support;
  if (support === undefined) return undefined;
  return Object.entries(floor).flatMap(([browser, version]) => {
    const stated = support[browser as keyof typeof floor];
    return stated !== undefined && !has(stated, version) ? [`${browser} ${version}`] : [];
  });
}

function has(statement: SupportStatement, version: string): boolean {
  const statements = (Array.isArray(statement) ? statement : [statement]) as SimpleSupportStatement[];
  return statements.some(
    ({ version_added: added, version_removed: removed, flags, prefix, alternative_name: other }) => {
      if (flags !== undefined || prefix !== undefined || other !== undefined) return false;
      if (typeof added !== 'string' || added === 'preview') return false;
      return isAtLeast(version, added) && !(typeof removed === 'string' && isAtLeast(version, removed));
    },
  );
}

function isAtLeast(version: string, wanted: string): boolean {
  const [have, need] = [version, wanted.replace('≤', '')].map((one) => one.split('.').map(Number));
  for (let at = 0; at < 3; at += 1) {
    const difference = (have?.[at] ?? 0) - (need?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** A feature that a browser of the floor lacks, as it stands in a file. */
export interface Missing {
  feature: string;
  in: string[];
}
const missing = (feature: string, found: Identifier | undefined): Missing | undefined => {
  const browsers = lacking(found);
  return browsers === undefined || browsers.length === 0 ? undefined : { feature, in: browsers };
};

const { builtins } = data.javascript as unknown as { builtins: Record<string, Identifier> };
const api = data.api as unknown as Record<string, Identifier>;
const css = data.css as unknown as Record<'at-rules' | 'properties' | 'selectors' | 'types', Identifier>;
/** An own entry: names of a program may be those of any object's methods. */
const own = (of: Identifier | undefined, name: string): Identifier | undefined =>
  of !== undefined && Object.hasOwn(of, name) ? (of[name] as Identifier) : undefined;

export const isGlobal = (name: string): boolean => own(builtins, name) !== undefined || own(api, name) !== undefined;

/** A name that is looked up in the global scope: an interface, a built-in object, a function. */
export const missingGlobal = (name: string): Missing | undefined =>
  missing(name, own(builtins, name) ?? own(api, name) ?? own(own(api, 'Window'), name));

/** `new Name()`, where the name is there and the constructor may not be. */
export const missingConstructor = (name: string): Missing | undefined =>
  missing(`new ${name}`, own(own(api, name), name) ?? own(own(builtins, name), name));

/** `Name.member`. */
export function missingStatic(name: string, member: string): Missing | undefined {
  const on = own(builtins, name) ?? own(api, name);
  return missing(`${name}.${member}`, own(on, `${member}_static`) ?? own(on, member));
}

/** Interfaces whose objects pages like ours handle. Members of all there are would have every second name. */
const HANDLED =
  /^(?:AbortSignal|Animation|Blob|CSSStyleDeclaration|CanvasRenderingContext2D|Clipboard|Crypto|DOMRect|DOMTokenList|Document|DocumentFragment|Element|Event|EventTarget|File|FormData|HTML\w*Element|IntersectionObserver\w*|KeyboardEvent|Location|MediaQueryList|Message\w+|MutationObserver|Navigator|Node|NodeList|Performance|Range|Request|ResizeObserver\w*|Response|SVGElement|Selection|ShadowRoot|Storage|URL|URLSearchParams|VisualViewport|WebSocket|Window)$/;

/** What is known by a name on objects of the language and of those interfaces. */
const members = new Map<string, Identifier[]>();
const kinds = [...Object.entries(builtins), ...Object.entries(api).filter(([name]) => HANDLED.test(name))];
for (const [name, on] of kinds)
  for (const [member, feature] of Object.entries(on as Record<string, Identifier>)) {
    if (member === '__compat' || member === name || member.endsWith('_static') || member.endsWith('_event')) continue;
    members.set(member, [...(members.get(member) ?? []), feature]);
  }

/** `.member` of something: reported when nothing that has such a member has it in every browser of the floor. */
export function missingMember(member: string): Missing | undefined {
  const known =
    members
      .get(member)
      ?.map(lacking)
      .filter((browsers) => browsers !== undefined) ?? [];
  const [first] = known;
  if (first === undefined || known.some((browsers) => browsers.length === 0)) return undefined;
  return { feature: `.${member}`, in: first };
}

/** A feature of CSS, by its way through the data. */
export function missingStyle(
  group: keyof typeof css,
  way: readonly string[],
  feature: string = way.join(' '),
): Missing | undefined {
  let at: Identifier | undefined = css[group];
  for (const name of way) at = own(at, name);
  return missing(feature, at);
}

export const missingExpression = (name: string): Missing | undefined =>
  missing(name, own(data.javascript.regular_expressions as unknown as Identifier, name));

/** What a browser has beyond the floor, to be taken from it. */
export interface Beyond {
  globals: string[];
  /** Whose `new` is younger than the name. */
  constructors: string[];
  statics: [name: string, member: string][];
  members: [name: string, member: string][];
}

export function beyondTheFloor(): Beyond {
  const beyond: Beyond = { globals: [], constructors: [], statics: [], members: [] };
  const isBeyond = (feature: Identifier | undefined) => (lacking(feature)?.length ?? 0) > 0;
  for (const [name, on] of [...Object.entries(builtins), ...Object.entries(api)]) {
    if (isBeyond(on)) {
      beyond.globals.push(name);
      continue;
    }
    for (const [member, feature] of Object.entries(on as Record<string, Identifier>)) {
      if (member === '__compat' || !isBeyond(feature) || !/^\w+$/.test(member) || member.endsWith('_event')) continue;
      if (member === name) beyond.constructors.push(name);
      else if (member.endsWith('_static')) beyond.statics.push([name, member.replace(/_static$/, '')]);
      else {
        beyond.members.push([name, member]);
        // The data of the language's own objects has both kinds under one name.
        if (Object.hasOwn(builtins, name)) beyond.statics.push([name, member]);
      }
    }
  }
  return beyond;
}
