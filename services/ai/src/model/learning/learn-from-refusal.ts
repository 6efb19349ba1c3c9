import type { Capabilities } from './capabilities.ts';
import type { Refusal } from './refusal.ts';
import { DISLIKES, NO_SYSTEM, NO_TOOLS, ORDER, TOO_LONG, TOO_MUCH } from './refusal-phrases.ts';

/** The parts of a request that a rejection may be about. */
export interface Sent {
  /** Names of the parameters that were sent. */
  parameters: readonly string[];
  tools: boolean;
  /** Tokens of the whole conversation, estimated. */
  tokens: number;
  /** Tokens that the answer was limited to. */
  limit: number;
}

/** Parameters that no request can leave out. */
const NEEDED = new Set(['model', 'messages', 'stream', 'tools', 'max_tokens', 'max_completion_tokens']);
const LEAST_CONTEXT = 300;
const LEAST_ANSWER = 16;

/**
 * What a rejection teaches, so that the request can be repeated in another form. Undefined when it names nothing that
 * can be changed. Each result differs from what is known, so no form is sent twice.
 */
export function learnFromRefusal(refusal: Refusal, sent: Sent, now: Capabilities): Partial<Capabilities> | undefined {
  return (
    aboutLength(refusal, sent, now) ??
    aboutIds(refusal, now) ??
    aboutTools(refusal, sent, now) ??
    aboutParameters(refusal, sent, now) ??
    aboutOrder(refusal, now) ??
    aboutMessages(refusal, now)
  );
}

const says = ({ words, codes }: Refusal, phrases: readonly string[]): boolean =>
  phrases.some((phrase) => words.includes(phrase) || codes.includes(phrase));

function aboutLength(refusal: Refusal, sent: Sent, now: Capabilities): Partial<Capabilities> | undefined {
  if (refusal.status !== 413 && !says(refusal, TOO_LONG)) return undefined;
  const half = Math.floor(Math.min(sent.tokens, now.contextTokens ?? sent.tokens) / 2);
  if (half >= LEAST_CONTEXT) return { contextTokens: half };
  // The conversation is short already, so the answer's limit is too high.
  const answer = Math.floor(sent.limit / 2);
  return answer >= LEAST_ANSWER && answer < (now.answerTokens ?? Number.POSITIVE_INFINITY)
    ? { answerTokens: answer }
    : undefined;
}

const IDS = ['length of 9', 'length 9', 'alphanumeric strings', 'tool call id'];

function aboutIds(refusal: Refusal, now: Capabilities): Partial<Capabilities> | undefined {
  return !now.shortIds && says(refusal, IDS) && says(refusal, ['9', 'alphanumeric', 'a-z'])
    ? { shortIds: true }
    : undefined;
}

function aboutTools(refusal: Refusal, sent: Sent, now: Capabilities): Partial<Capabilities> | undefined {
  if (!sent.tools || now.tools === 'described') return undefined;
  if (says(refusal, NO_TOOLS)) return { tools: 'described' };
  const isOfTools = refusal.named.some((name) => ['tools', 'functions', 'function_declarations'].includes(name));
  const isOfSchema =
    (isOfTools && refusal.named.length > 1) ||
    says(refusal, [
      'function_declarations',
      'invalid schema for function',
      'tools[0].function',
      'json schema',
      'invalid tool',
    ]);
  if (isOfSchema && !now.simpleSchemas) return { simpleSchemas: true };
  return isOfTools || isOfSchema || (blames(refusal.words, 'tools') && says(refusal, DISLIKES))
    ? { tools: 'described' }
    : undefined;
}

function aboutParameters(refusal: Refusal, sent: Sent, now: Capabilities): Partial<Capabilities> | undefined {
  const culprits = sent.parameters.filter(
    (name) => refusal.named.includes(name) || (blames(refusal.words, name) && says(refusal, DISLIKES)),
  );
  const limit = culprits.find((name) => name === now.limit);
  if (limit !== undefined) {
    const fewer = isTooMuch(refusal) ? smallerLimit(refusal, sent.limit) : undefined;
    if (fewer !== undefined) return { answerTokens: fewer };
    const other = now.limit === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
    // Rejected under both names: send no limit.
    const next = now.without.includes(other) ? 'none' : other;
    return { limit: next, without: [...now.without, limit] };
  }
  if (isTooMuch(refusal) && (refusal.words.includes('max_tokens') || refusal.words.includes('max_completion_tokens'))) {
    const fewer = smallerLimit(refusal, sent.limit);
    if (fewer !== undefined) return { answerTokens: fewer };
  }
  const optional = culprits.filter((name) => !NEEDED.has(name));
  if (optional.length > 0) return { without: [...now.without, ...optional] };
  if (culprits.includes('stream') && now.streams && says(refusal, DISLIKES))
    return { streams: false, without: [...now.without, 'stream_options'] };
  return undefined;
}

const isTooMuch = (refusal: Refusal) => says(refusal, TOO_MUCH);

/** The limit that the refusal names, or half of what was asked for. */
function smallerLimit({ words }: Refusal, limit: number): number | undefined {
  const numbers = words
    .split(/[^0-9]+/)
    .filter((digits) => digits.length > 0 && digits.length < 9)
    .map(Number)
    .filter((number) => number >= LEAST_ANSWER && number < limit);
  const fewer = numbers.length > 0 ? Math.max(...numbers) : Math.floor(limit / 2);
  return fewer >= LEAST_ANSWER ? fewer : undefined;
}

function aboutOrder(refusal: Refusal, now: Capabilities): Partial<Capabilities> | undefined {
  const noSystem = says(refusal, NO_SYSTEM);
  if (now.instructions === 'developer' && (refusal.words.includes('developer') || refusal.words.includes('role')))
    return { instructions: 'system' };
  if (!noSystem && !says(refusal, ORDER)) return undefined;
  if (now.order !== 'strict_without_system')
    return { order: noSystem || now.order === 'strict' ? 'strict_without_system' : 'strict' };
  // Some templates do not support messages with calls and results.
  return now.results === 'words' ? undefined : { results: 'words' };
}

function aboutMessages(refusal: Refusal, now: Capabilities): Partial<Capabilities> | undefined {
  if (!now.returnsThoughts && refusal.words.includes('reasoning_content')) return { returnsThoughts: true };
  const isContent = refusal.named.includes('content') || blames(refusal.words, 'content');
  if (!now.emptyText && isContent && says(refusal, ['null', 'none', 'string', 'required', 'missing']))
    return { emptyText: true };
  const isOfRole =
    refusal.named.includes('role') || refusal.named.includes('tool_calls') || blames(refusal.words, 'tool');
  if (now.results === 'messages' && isOfRole && says(refusal, ['role', 'tool_calls']) && says(refusal, DISLIKES))
    return { results: 'words' };
  return undefined;
}

/** Whether a text contains a name as a whole word: `max_tokens` is not one in `max_tokens_to_sample`. */
function blames(words: string, name: string): boolean {
  for (let at = words.indexOf(name); at >= 0; at = words.indexOf(name, at + 1)) {
    if (!isNameSign(words[at - 1]) && !isNameSign(words[at + name.length])) return true;
  }
  return false;
}

const isNameSign = (sign: string | undefined) => sign !== undefined && /[a-z0-9_]/.test(sign);
