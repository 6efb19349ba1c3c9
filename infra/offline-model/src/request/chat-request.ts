/** A JSON Schema as it comes with a tool: any object; what we do not understand in it, we ignore. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  readonly arguments: string;
}

export type ChatMessage =
  | { readonly role: 'system' | 'developer' | 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly text: string; readonly toolCallId: string };

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
}

export type ToolChoice =
  | { readonly mode: 'none' | 'auto' | 'required' }
  | { readonly mode: 'function'; readonly name: string };

/** What is to be answered: all that the brain may look at. */
export interface Prompt {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSpec[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  /** Set when `response_format` asks for JSON; an empty schema stands for `json_object`. */
  readonly jsonSchema?: JsonSchema;
}

/** A checked request to `POST /v1/chat/completions`. */
export interface ChatRequest extends Prompt {
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly maxTokens?: number;
  readonly stop: readonly string[];
}
