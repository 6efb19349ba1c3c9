/**
 * The tool that a model means by a name: exact, or with the prefix and number that some models add, as in
 * `functions.search_knowledge:0`. Unknown names are returned unchanged.
 */
export function knownName(written: string, known: readonly string[]): string {
  const name = written.trim();
  if (known.includes(name)) return name;
  const colon = name.lastIndexOf(':');
  const withoutNumber = colon > 0 && isNumber(name.slice(colon + 1)) ? name.slice(0, colon) : name;
  const bare = withoutNumber.slice(Math.max(withoutNumber.lastIndexOf('.'), withoutNumber.lastIndexOf(':')) + 1);
  return known.find((tool) => tool === bare) ?? known.find((tool) => tool.toLowerCase() === bare.toLowerCase()) ?? name;
}

const isNumber = (text: string) => text !== '' && [...text].every((sign) => sign >= '0' && sign <= '9');
