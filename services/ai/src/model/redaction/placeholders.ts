import { findPrivate } from './find-private.ts';
import { PLACEHOLDER, type RedactionKind } from './kinds.ts';

/**
 * The placeholders of one request. The same value has the same one throughout, numbered in the order in which values
 * appear. A text that already looks like a placeholder gets one of its own, so that none is restored to another value.
 */
export function createPlaceholders(kinds: ReadonlySet<RedactionKind>) {
  const placeholders = new Map<string, string>();
  const values = new Map<string, string>();
  const counts = new Map<RedactionKind, number>();

  const placeholderFor = (kind: RedactionKind, value: string): string => {
    const present = placeholders.get(value);
    if (present !== undefined) return present;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const placeholder = `[${kind} ${count}]`;
    placeholders.set(value, placeholder);
    values.set(placeholder, value);
    return placeholder;
  };
  const valueBehind = (placeholder: string) => values.get(placeholder.toLowerCase());

  return {
    /** Whether anything was replaced. */
    get used() {
      return values.size > 0;
    },
    hide(text: string): string {
      let hidden = '';
      let at = 0;
      for (const { kind, start, end } of findPrivate(text, kinds)) {
        hidden += text.slice(at, start) + placeholderFor(kind, text.slice(start, end));
        at = end;
      }
      return at === 0 ? text : hidden + text.slice(at);
    },
    restore: (text: string): string => text.replace(PLACEHOLDER, (found) => valueBehind(found) ?? found),
    /** In a text that is JSON: values stand in strings. */
    restoreInJson: (json: string): string =>
      json.replace(PLACEHOLDER, (found) => JSON.stringify(valueBehind(found) ?? found).slice(1, -1)),
    /** Whether a placeholder of this request begins with these characters, without being complete. */
    mayBegin: (text: string): boolean => {
      const lower = text.toLowerCase();
      return [...values.keys()].some(
        (placeholder) => placeholder.startsWith(lower) && placeholder.length > lower.length,
      );
    },
  };
}
export type Placeholders = ReturnType<typeof createPlaceholders>;
