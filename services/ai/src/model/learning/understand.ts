import type { Capabilities } from './capabilities.ts';
import type { Refusal } from './refusal.ts';

/** What was asked, as far as a refusal may be about it. */
export interface Asked {
  /** Names of the parameters that were sent. */
  parameters: readonly string[];
  tools: boolean;
  /** Tokens of the whole conversation, about. */
  tokens: number;
  /** Tokens that the answer was limited to. */
  limit: number;
}

/** Without these there is no request. */
const NEEDED = new Set(['model', 'messages', 'stream', 'tools', 'max_tokens', 'max_completion_tokens']);
const LEAST_CONTEXT = 300;
const LEAST_ANSWER = 16;

/**
 * What a refusal teaches, so that the same can be asked in another way. Undefined when it names no culprit that can be
 * left out. Each answer differs from what is known, so it is never asked twice in the same way.
 */
export function understand(refusal: Refusal, asked: Asked, now: Capabilities): Partial<Capabilities> | undefined {
  return (
    aboutLength(refusal, asked, now) ??
    aboutIds(refusal, now) ??
    aboutTools(refusal, asked, now) ??
    aboutParameters(refusal, asked, now) ??
    aboutOrder(refusal, now) ??
    aboutMessages(refusal, now)
  );
}

const says = ({ words, codes }: Refusal, phrases: readonly string[]): boolean =>
  phrases.some((phrase) => words.includes(phrase) || codes.includes(phrase));

const TOO_LONG = [
  'context_length_exceeded',
  'exceed_context_size_error',
  'model_max_prompt_tokens_exceeded',
  'context length',
  'context window',
  'context size',
  'context limit',
  'maximum context',
  'n_ctx',
  'maximum prompt length',
  'maximum input length',
  'max input',
  'input is too long',
  'input too long',
  'prompt is too long',
  'prompt too long',
  'too many tokens',
  'too many input tokens',
  'token count exceeds',
  'tokens exceed',
  'input token count',
  'total number of tokens',
  'maximum number of tokens allowed',
  'max_new_tokens` must be',
  'inputs must have less than',
  'reduce the length',
  'reduce your prompt',
  'reduce your message',
  'request too large',
  'request entity too large',
  'payload too large',
  'while limit is',
];

function aboutLength(refusal: Refusal, asked: Asked, now: Capabilities): Partial<Capabilities> | undefined {
  if (refusal.status !== 413 && !says(refusal, TOO_LONG)) return undefined;
  const half = Math.floor(Math.min(asked.tokens, now.contextTokens ?? asked.tokens) / 2);
  if (half >= LEAST_CONTEXT) return { contextTokens: half };
  // What is left of the conversation is short: it is the answer that is given too much room.
  const answer = Math.floor(asked.limit / 2);
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

const NO_TOOLS = [
  'not support tool',
  'not support function',
  'not supporting tool',
  'support tool use',
  'support tool calling',
  'support for tools',
  'tools is not supported',
  'tools are not supported',
  'tool use is not supported',
  'tool calling is not supported',
  'tool calling` is not supported',
  'tool_calling is not supported',
  'function calling is not',
  'function calls are not',
  'functions are not supported',
  'enable-auto-tool-choice',
  'tool-call-parser',
  'tools param requires',
  'tool choice requires',
  'tools not supported',
  'tool calling not supported',
  'does not have a tool',
  'tool_use is not',
];

function aboutTools(refusal: Refusal, asked: Asked, now: Capabilities): Partial<Capabilities> | undefined {
  if (!asked.tools || now.tools === 'described') return undefined;
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

/** How endpoints say that they do not want something. */
const DISLIKES = [
  'unsupported',
  'not supported',
  'not support',
  'unknown',
  'unrecognized',
  'unrecognised',
  'unexpected',
  'extra_forbidden',
  'extra inputs',
  'extra field',
  'additional properties',
  'not permitted',
  'not allowed',
  'not valid',
  'invalid',
  'cannot find field',
  'no such',
  'not available',
  'not implemented',
  'deprecated',
  'must not',
  'cannot be',
  'only the default',
  'is not',
  'requires',
];

function aboutParameters(refusal: Refusal, asked: Asked, now: Capabilities): Partial<Capabilities> | undefined {
  const culprits = asked.parameters.filter(
    (name) => refusal.named.includes(name) || (blames(refusal.words, name) && says(refusal, DISLIKES)),
  );
  const limit = culprits.find((name) => name === now.limit);
  if (limit !== undefined) {
    const fewer = isTooMuch(refusal) ? smallerLimit(refusal, asked.limit) : undefined;
    if (fewer !== undefined) return { answerTokens: fewer };
    const other = now.limit === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
    // Refused under its other name as well: then without any.
    const next = now.without.includes(other) ? 'none' : other;
    return { limit: next, without: [...now.without, limit] };
  }
  if (isTooMuch(refusal) && (refusal.words.includes('max_tokens') || refusal.words.includes('max_completion_tokens'))) {
    const fewer = smallerLimit(refusal, asked.limit);
    if (fewer !== undefined) return { answerTokens: fewer };
  }
  const optional = culprits.filter((name) => !NEEDED.has(name));
  if (optional.length > 0) return { without: [...now.without, ...optional] };
  if (culprits.includes('stream') && now.streams && says(refusal, DISLIKES))
    return { streams: false, without: [...now.without, 'stream_options'] };
  return undefined;
}

const isTooMuch = (refusal: Refusal) =>
  says(refusal, [
    'too large',
    'too high',
    'at most',
    'less than or equal',
    'must be less',
    'must be <=',
    'exceeds the',
    'exceed the',
    'above maximum',
    'maximum value',
    'maximum allowed',
    'cannot exceed',
    'greater than the',
    'valid range',
  ]);

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

const ORDER = [
  'must alternate',
  'should alternate',
  'be alternating',
  'alternate between',
  'roles must',
  'invalid_request_message_order',
  'unexpected role',
  'expected last role',
  'last message must',
  'last role',
  'first message must',
  'must start with',
  'must begin with',
  'should start with',
  'successive user or assistant',
  'consecutive',
  'interleave',
  'only user and assistant roles',
  'only user, assistant',
  'system message must be',
  'system messages must',
  'must be at the beginning',
  'one system message',
  'multiple system',
  'no user query',
  'contents is not specified',
  'contents are required',
  'templateerror',
  'chat template',
  'raise_exception',
  'jinja',
  'function call turn comes immediately',
  'message order',
  'order of messages',
];
const NO_SYSTEM = [
  'system role not supported',
  'system role is not supported',
  'system role is not',
  "does not support 'system'",
  "not support 'system'",
  'system messages are not supported',
  'system message is not supported',
  'system prompt is not supported',
  'system instruction is not',
  'developer instruction is not enabled',
  'only user and assistant roles',
  'no system role',
  'unknown role: system',
  'invalid role: system',
];

function aboutOrder(refusal: Refusal, now: Capabilities): Partial<Capabilities> | undefined {
  const noSystem = says(refusal, NO_SYSTEM);
  if (now.instructions === 'developer' && (refusal.words.includes('developer') || refusal.words.includes('role')))
    return { instructions: 'system' };
  if (!noSystem && !says(refusal, ORDER)) return undefined;
  if (now.order !== 'strict_without_system')
    return { order: noSystem || now.order === 'strict' ? 'strict_without_system' : 'strict' };
  // Calls and their results are a kind of their own in some templates, and unknown to others.
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

/** Whether a text has a name in it as a word of its own: `max_tokens` is none in `max_tokens_to_sample`. */
function blames(words: string, name: string): boolean {
  for (let at = words.indexOf(name); at >= 0; at = words.indexOf(name, at + 1)) {
    if (!isNameSign(words[at - 1]) && !isNameSign(words[at + name.length])) return true;
  }
  return false;
}

const isNameSign = (sign: string | undefined) => sign !== undefined && /[a-z0-9_]/.test(sign);
