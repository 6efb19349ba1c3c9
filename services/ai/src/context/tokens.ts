import { countTokens as countAll } from 'gpt-tokenizer/encoding/o200k_base';
import { LOAD_ENTRIES } from './transcript.ts';

/**
 * The merging of byte pairs takes time with the square of a run without spaces: 16,000 Chinese characters would hold
 * the process for a second. Pieces of this length are counted one by one; each cut adds a token at most.
 */
const PIECE = 256;

/** Customers may write `<|endoftext|>`: it is text, and not a reason to throw. */
const asText = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

export type CountTokens = (text: string) => number;

/** About how many tokens the text costs. Other vocabularies than OpenAI's differ by some ten per cent. */
export const countTokens: CountTokens = (text) => {
  let tokens = 0;
  for (let at = 0; at < text.length; at += PIECE) tokens += countAll(text.slice(at, at + PIECE), asText);
  return tokens;
};

/** The same count, which remembers the last `size` texts: the system prompt comes with every turn, and is the longest. */
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

/** Remembers more texts than one turn can count, so that the next turn finds its prompt's. */
export const countContextTokens = (): CountTokens => rememberCounts(countTokens, 2 * LOAD_ENTRIES);
