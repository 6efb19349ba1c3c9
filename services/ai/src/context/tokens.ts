import { countTokens as countAll } from 'gpt-tokenizer/encoding/o200k_base';
import { LOAD_ENTRIES } from './transcript.ts';

/**
 * Merging byte pairs is quadratic in a run without spaces: 16,000 Chinese characters would block the process for a
 * second. So pieces of this length are counted one by one; each cut adds at most one token.
 */
const PIECE = 256;

/** Customers may write `<|endoftext|>`: it counts as text and must not throw. */
const asText = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

export type CountTokens = (text: string) => number;

/** An estimate: other vocabularies than OpenAI's differ by about ten per cent. */
export const countTokens: CountTokens = (text) => {
  let tokens = 0;
  for (let at = 0; at < text.length; at += PIECE) tokens += countAll(text.slice(at, at + PIECE), asText);
  return tokens;
};

/** Caches the counts of the last `size` texts: every turn counts the system prompt, which is the longest. */
export function rememberCounts(count: CountTokens, size: number): CountTokens {
  const counts = new Map<string, number>();
  return (text) => {
    const tokens = counts.get(text) ?? count(text);
    // A Map keeps the order in which its keys came.
    counts.delete(text);
    counts.set(text, tokens);
    const [oldest] = counts.keys();
    if (counts.size > size && oldest !== undefined) counts.delete(oldest);
    return tokens;
  };
}

/** Remembers more texts than one turn can count, so that the next turn finds the count of its prompt. */
export const countContextTokens = (): CountTokens => rememberCounts(countTokens, 2 * LOAD_ENTRIES);
