/** A message as a client sends it; what else is in it is not checked here. */
export interface SentMessage {
  role: string;
  content?: unknown;
  tool_calls?: readonly { id: string; function: { name: string; arguments: string }; extra_content?: unknown }[];
  tool_call_id?: string;
  reasoning_content?: unknown;
}

/** The body of `POST /chat/completions`. */
export interface SentRequest {
  model: string;
  messages: readonly SentMessage[];
  tools?: readonly { function: { name: string; parameters?: unknown } }[];
  stream?: boolean;
  [parameter: string]: unknown;
}

/** What the model has to say, before a dialect puts it into its own form. */
export interface Answer {
  thoughts?: string;
  text?: string;
  calls?: readonly { name: string; arguments: Record<string, unknown> }[];
  finish?: 'stop' | 'length';
}

/** What is sent instead of an answer. */
export interface Refused {
  status: number;
  body: unknown;
}

/** Bytes to send, or milliseconds to wait. */
export type Sent = string | Uint8Array | number;

/** How one vendor's endpoint differs from OpenAI's: what it refuses, in which words, and how it writes an answer. */
export interface Dialect {
  /** Before `/chat/completions` and `/models`; all other paths are not found. */
  path: string;
  lists: boolean;
  /** The first of its rules that does not like a request refuses it. */
  rules: readonly ((request: SentRequest) => Refused | undefined)[];
  /** The body of an answer that is streamed. */
  write: (answer: Answer, request: SentRequest) => Iterable<Sent>;
  contentType: string;
  /** How it says that there is nothing at a path. */
  notFound: Refused;
  /** Milliseconds that the model is being loaded with the first request; given up when that is aborted. */
  loadMs?: number;
}
