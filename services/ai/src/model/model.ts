/** Requests and answers of a model, independent of any API: the client translates. */
export interface ToolCall {
  id: string;
  name: string;
  /** JSON text as the model wrote it: validate before use. */
  arguments: string;
  /** Data that the endpoint wants back with this call. Only the client reads it. */
  opaque?: unknown;
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
  /** `afresh`: replaces all text before, which turned out to be thoughts. */
  | { type: 'text'; text: string; afresh?: true }
  | { type: 'tool_call' } //  the model has begun to write a call
  | { type: 'progress' } //   the model is at work on what nobody sees, as a thought: this is not silence
  | { type: 'finish'; reason: FinishReason; toolCalls: readonly ToolCall[] }
  | { type: 'usage'; usage: Usage; model: string };

/** The endpoint's list of models: has the configured one; has only others; does not exist. */
export type Listing = 'listed' | 'other' | 'none';

/** What is known of a model and its endpoint, for operators. */
export interface ModelDescription {
  model: string;
  provider: string;
  endpoint: string;
  /** What it can do, by names of capabilities. */
  can: Readonly<Record<string, unknown>>;
  /** How requests differ from the default, and why. One sentence each. */
  notes: readonly string[];
}

/** @throws ModelFailure when nothing more may be asked. */
export type Again = (signal: AbortSignal) => Promise<void>;

export interface Model {
  /** The model asked for; the endpoint may name a more exact one with its answer. */
  name: string;
  /** Longest conversation in tokens, where the endpoint has rejected a longer one. */
  readonly contextTokens?: number | undefined;
  /** One short trial answer would show how requests must be made. */
  readonly wantsTrial?: boolean;
  describe(): ModelDescription;
  /**
   * Ends without an error when `signal` is aborted, or when the endpoint cuts the stream off. `again` admits each
   * further request that an answer takes. @throws ModelFailure
   */
  stream(request: ModelRequest, signal: AbortSignal, again?: Again): AsyncIterable<ModelEvent>;
  /** Whether the endpoint answers and accepts the key. @throws ModelFailure */
  check(signal: AbortSignal): Promise<Listing>;
}

/**
 * Every way in which a model fails to answer.
 * - `outage`: the endpoint fails, not just this answer. It counts for health and for the circuit breaker.
 * - `retry`: worth a retry, as long as no word was shown.
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
  loading: { outage: true, retry: false, says: 'the model is still being loaded' },
  server_error: { outage: true, retry: true, says: 'the model endpoint reports a fault of its own' },
  wrong_address: { outage: true, retry: false, says: 'no model answers at this address: check OPENAI_BASE_URL' },
  unknown_model: { outage: true, retry: false, says: 'the endpoint does not know the model: check OPENAI_MODEL' },
  bad_request: { outage: false, retry: false, says: 'the model endpoint did not accept the request' },
  cut_off: { outage: true, retry: true, says: 'the answer broke off before its end' },
  garbled: { outage: false, retry: true, says: 'the model wrote something that cannot be used' },
  empty: { outage: false, retry: true, says: 'the model gave an empty answer' },
  only_thoughts: { outage: false, retry: false, says: 'the model thought until its limit, and said nothing' },
  filtered: { outage: false, retry: false, says: "the endpoint's content filter withheld the answer" },
  tool_loop: { outage: false, retry: false, says: 'the model kept calling tools without answering' },
  over_budget: { outage: false, retry: false, says: 'a budget for asking the model is used up' },
  over_share: { outage: false, retry: false, says: 'more was asked of the model from one place than may be' },
  uncounted: { outage: false, retry: false, says: 'what the model may still be asked could not be found out' },
  paused: { outage: false, retry: false, says: 'the model has failed repeatedly and is left alone for a moment' },
} as const;
export type FailureKind = keyof typeof failures;

export class ModelFailure extends Error {
  override name = 'ModelFailure';
  readonly kind: FailureKind;
  /** The endpoint's `retry-after`. */
  readonly retryAfterMs: number | undefined;
  /**
   * The endpoint's own words, without secrets. They may quote the request, so they are logged only for requests without
   * customer data. [S5]
   */
  readonly words: string | undefined;

  constructor(
    kind: FailureKind,
    options: { retryAfterMs?: number | undefined; cause?: unknown; detail?: string; words?: string | undefined } = {},
  ) {
    super(options.detail === undefined ? failures[kind].says : `${failures[kind].says} (${options.detail})`, {
      cause: options.cause,
    });
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
    this.words = options.words;
  }
}
