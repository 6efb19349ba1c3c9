/** What is said to a model and by it, in our own words: the driver translates. */
export interface ToolCall {
  id: string;
  name: string;
  /** JSON text as the model wrote it: to be checked before anything is done with it. */
  arguments: string;
}

export type ChatMessage =
  | { role: 'system' | 'user'; text: string }
  | { role: 'assistant'; text: string; toolCalls?: readonly ToolCall[] }
  | { role: 'tool'; toolCallId: string; text: string };

export interface ToolSpec {
  name: string;
  description: string;
  /** JSON Schema of the arguments: an object. */
  parameters: Record<string, unknown>;
}

export interface ModelRequest {
  messages: readonly ChatMessage[];
  tools?: readonly ToolSpec[];
  maxTokens: number;
}

export interface Usage {
  promptTokens: number;
  completionTokens: number;
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

export type ModelEvent =
  | { type: 'text'; text: string }
  | { type: 'tool_call' } //  the model has begun to write a call
  | { type: 'progress' } //   something came that nobody sees, as a thought
  | { type: 'finish'; reason: FinishReason; toolCalls: readonly ToolCall[] }
  | { type: 'usage'; usage: Usage; model: string };

export interface Model {
  /** The model asked for; the endpoint may name a more exact one with its answer. */
  name: string;
  /** @throws ModelFailure. Ends without an error when `signal` is aborted, or when the endpoint cuts the stream off. */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /** Whether the endpoint answers and knows the key. @throws ModelFailure */
  check(signal: AbortSignal): Promise<void>;
}

/**
 * Every way in which a model fails to give an answer.
 * - `outage`: says that the endpoint is out of order, and not just this answer: it counts for health and circuit.
 * - `retry`: worth asking again, as long as nobody has seen a word.
 * - `says`: for operators and agents.
 */
export const failures = {
  slow: { outage: true, retry: false, says: 'the model did not begin to answer in time' },
  stalled: { outage: true, retry: false, says: 'the model stopped in the middle of its answer' },
  overlong: { outage: true, retry: false, says: 'the model did not finish its answer in time' },
  unreachable: { outage: true, retry: true, says: 'the model endpoint cannot be reached' },
  unauthorised: { outage: true, retry: false, says: 'the model endpoint refuses the key: check OPENAI_API_KEY' },
  rate_limited: { outage: false, retry: true, says: 'the model endpoint limits the rate of requests' },
  out_of_quota: { outage: true, retry: false, says: 'the quota of the model endpoint is used up' },
  server_error: { outage: true, retry: true, says: 'the model endpoint reports a fault of its own' },
  unknown_model: { outage: true, retry: false, says: 'the endpoint does not know the model: check OPENAI_MODEL' },
  bad_request: { outage: false, retry: false, says: 'the model endpoint did not accept the request' },
  cut_off: { outage: true, retry: true, says: 'the answer broke off before its end' },
  garbled: { outage: false, retry: true, says: 'the model wrote something that cannot be used' },
  empty: { outage: false, retry: true, says: 'the model gave an empty answer' },
  filtered: { outage: false, retry: false, says: "the endpoint's content filter withheld the answer" },
  tool_loop: { outage: false, retry: false, says: 'the model kept calling tools without answering' },
  paused: { outage: false, retry: false, says: 'the model has failed repeatedly and is left alone for a moment' },
} as const;
export type FailureKind = keyof typeof failures;

export class ModelFailure extends Error {
  override name = 'ModelFailure';
  readonly kind: FailureKind;
  /** How long the endpoint asks to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: FailureKind,
    options: { retryAfterMs?: number | undefined; cause?: unknown; detail?: string } = {},
  ) {
    super(options.detail === undefined ? failures[kind].says : `${failures[kind].says} (${options.detail})`, {
      cause: options.cause,
    });
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}
