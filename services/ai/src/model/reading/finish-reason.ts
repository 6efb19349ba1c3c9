import type { FinishReason } from '../model.ts';

/**
 * How an answer ended. `failed`: the endpoint says that it broke off. `unclear`: an undocumented word, which counts
 * as an end only after a text that looks complete.
 */
export type Ending = FinishReason | 'failed' | 'unclear';

/** OpenAI's words, and those of other endpoints. Compared in lower case. */
const endings: Readonly<Record<Exclude<Ending, 'unclear'>, readonly string[]>> = {
  stop: [
    'stop',
    'stop_sequence',
    'end_turn',
    'end',
    'eos',
    'eos_token',
    'eot',
    'complete',
    'completed',
    'done',
    'finish_reason_stop',
    'finish_reason_unspecified',
  ],
  length: ['length', 'max_tokens', 'max_output_tokens', 'max_new_tokens', 'model_length', 'token_limit', 'max_length'],
  tool_calls: ['tool_calls', 'tool_call', 'function_call', 'tool_use', 'function_calls'],
  content_filter: [
    'content_filter',
    'content_filtered',
    'safety',
    'recitation',
    'refusal',
    'sensitive',
    'blocklist',
    'prohibited_content',
    'spii',
    'language',
    'guardrail_intervened',
    'error_toxic',
  ],
  failed: [
    'error',
    'failed',
    'failure',
    'network_error',
    'abort',
    'aborted',
    'cancel',
    'cancelled',
    'canceled',
    'timeout',
    'insufficient_system_resource',
    'malformed_function_call',
    'malformed_response',
    'unexpected_tool_call',
    'engine_error',
  ],
};

const byWord = new Map(
  Object.entries(endings).flatMap(([ending, words]) => words.map((word) => [word, ending as Ending] as const)),
);

export const readEnding = (reason: string): Ending => byWord.get(reason.trim().toLowerCase()) ?? 'unclear';

/** Marks that end a text, closing quotes and brackets, and emoji. */
const WHOLE = /[\p{Sentence_Terminal}…"'”’»」』）)\]}`*_\p{Extended_Pictographic}]$/u;

/** Whether a text looks complete. For endpoints that give no finish reason. */
export const looksWhole = (text: string): boolean => WHOLE.test(text.trimEnd().slice(-8).replaceAll('\ufe0f', ''));
