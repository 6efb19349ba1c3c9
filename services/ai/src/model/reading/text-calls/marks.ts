export interface FoundMark {
  before: string;
  /** Undefined when there is none. */
  mark: string | undefined;
  /** The text after the mark. Without one: a possible beginning of a mark, to be put before the next piece. */
  rest: string;
}

/** Finds the first mark in a text that comes in pieces. Of marks with the same beginning the longest wins. */
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
