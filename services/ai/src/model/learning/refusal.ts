import { isFields } from '../reading/chunk.ts';

/** An endpoint's rejection of a request, in one form for all endpoints. */
export interface Refusal {
  status: number | undefined;
  /** All its words, in lower case; cut, because some repeat the whole request. */
  words: string;
  /** Codes, then types, in lower case. */
  codes: readonly string[];
  /** Names of rejected parameters: `param`, or the last parts of `loc`. */
  named: readonly string[];
  /** The words meant for people, unchanged. */
  message: string;
  /** The model's text, where the endpoint could not parse a call in it. */
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
        // A proxy may quote the response of the server behind it, as JSON in a text.
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
