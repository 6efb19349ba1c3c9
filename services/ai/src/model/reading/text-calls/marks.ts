export interface FoundMark {
  before: string;
  /** Undefined when there is none. */
  mark: string | undefined;
  /** What stands after the mark. Without one: what may be its beginning, to be put before the next piece. */
  rest: string;
}

/** Finds the first of some marks in a text that comes in pieces. Of marks that begin alike the longest counts. */
export function createMarkFinder(marks: readonly string[]): (text: string) => FoundMark {
  const byFirstSign = Map.groupBy(
    [...marks].sort((one, other) => other.length - one.length),
    (mark) => mark[0],
  );
  return (text) => {
    for (let at = 0; at < text.length; at++) {
      for (const mark of byFirstSign.get(text[at]) ?? []) {
        if (text.startsWith(mark, at)) return { before: text.slice(0, at), mark, rest: text.slice(at + mark.length) };
        // The longer one may still come: the text ends within it.
        if (text.length - at < mark.length && mark.startsWith(text.slice(at)))
          return { before: text.slice(0, at), mark: undefined, rest: text.slice(at) };
      }
    }
    return { before: text, mark: undefined, rest: '' };
  };
}
