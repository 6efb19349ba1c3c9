import { isFields } from '../reading/chunk.ts';

/** What an endpoint has said in the place of an answer, whatever the form. */
export interface Refusal {
  status: number | undefined;
  /** Its own words, all of them, in lower case; cut, as some repeat the whole request. */
  words: string;
  /** Codes, then types, in lower case. */
  codes: readonly string[];
  /** Names of what it complains about: `param`, or the last parts of `loc`. */
  named: readonly string[];
  /** The words meant for people, as they were written. */
  message: string;
  /** What the model wrote, where the endpoint could not make a call of it. */
  generation: string | undefined;
}

const MAX_WORDS = 6_000;
const MAX_DEPTH = 6;
const CODE_KEYS = new Set(['type', 'status', 'error_code', 'errorcode', 'reason']);
const WORD_KEYS = new Set(['message', 'msg', 'detail', 'error', 'description', 'raw', 'title', 'error_message']);

/** `body`: as parsed from JSON, or a text. */
export function readRefusal(status: number | undefined, body: unknown): Refusal {
  const words: string[] = [];
  const codes: string[] = [];
  const named: string[] = [];
  let length = 0;
  let generation: string | undefined;

  const walk = (value: unknown, key: string, depth: number): void => {
    if (depth > MAX_DEPTH || length > MAX_WORDS) return;
    if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value);
      if (key === 'failed_generation') generation ??= text;
      else if (key === 'param' || key === 'field' || key === 'parameter') named.push(...namesIn(text));
      else if (key === 'code') codes.unshift(text.toLowerCase());
      else if (CODE_KEYS.has(key)) codes.push(text.toLowerCase());
      else if (WORD_KEYS.has(key) || key === '') {
        // Some put the answer of the server behind them, as JSON, into a text.
        const inner = typeof value === 'string' ? parsed(value) : undefined;
        if (inner !== undefined) walk(inner, key, depth + 1);
        else {
          words.push(text.slice(0, MAX_WORDS - length));
          length += text.length;
        }
      }
    } else if (key === 'loc' && Array.isArray(value)) {
      named.push(...value.filter((part) => typeof part === 'string' && part !== 'body').flatMap(namesIn));
    } else if (Array.isArray(value)) {
      for (const one of value.slice(0, 20)) walk(one, key, depth + 1);
    } else if (isFields(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, name.toLowerCase(), depth + 1);
    }
  };
  walk(body, '', 0);
  const message = words.join(' ').slice(0, MAX_WORDS);
  return { status, words: message.toLowerCase(), codes, named: [...new Set(named)], message, generation };
}

/** `messages[0].role`, `tools.0.function` and the like: their parts that are names. */
const namesIn = (path: unknown): string[] =>
  String(path)
    .slice(0, 200)
    .split(/[.[\]/]/)
    .filter((part) => part !== '' && Number.isNaN(Number(part)));

function parsed(text: string): unknown {
  const start = text.trimStart()[0];
  if (start !== '{' && start !== '[') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
