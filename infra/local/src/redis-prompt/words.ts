const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/**
 * The words of a line, as redis-cli reads it: apart by spaces; in "double quotes" with \n, \x0a and the like, in
 * 'single quotes' as they stand.
 * @throws when a quote is not closed
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (quote === '') {
      if (char === ' ' || char === '\t') {
        if (word !== undefined) words.push(word);
        word = undefined;
        continue;
      }
      if (char === '"' || char === "'") quote = char;
      word = (word ?? '') + (quote === char ? '' : char);
    } else if (char === quote) {
      quote = '';
    } else if (char === '\\' && (quote === '"' || line.charAt(at + 1) === "'")) {
      const hex = quote === '"' ? /^x([\da-f]{2})/i.exec(line.slice(at + 1, at + 4))?.[1] : undefined;
      const next = line.charAt(at + 1);
      word += hex ? String.fromCharCode(Number.parseInt(hex, 16)) : quote === '"' ? (ESCAPES[next] ?? next) : next;
      at += hex ? 3 : 1;
    } else word += char;
  }
  if (quote !== '') throw new Error(`a ${quote} is not closed`);
  return word === undefined ? words : [...words, word];
}
