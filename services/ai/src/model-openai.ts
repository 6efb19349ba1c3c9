import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import type {
  ChatCompletionChunk,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from 'openai/resources/chat/completions';
import { retryAfter } from './access/retry-after.ts';
import {
  type ChatMessage,
  type FinishReason,
  type Model,
  type ModelEvent,
  ModelFailure,
  type ModelRequest,
  type ToolCall,
  type ToolSpec,
} from './model.ts';

/** A model behind an endpoint that speaks OpenAI's chat completions. Limits and retries are the caller's. */
export function openAiModel(options: { apiKey: string; baseUrl?: string | undefined; model: string }): Model {
  const client = new OpenAI({
    apiKey: options.apiKey,
    // Set always: the SDK would take OPENAI_BASE_URL from the environment by itself.
    baseURL: options.baseUrl ?? 'https://api.openai.com/v1',
    maxRetries: 0,
    // The SDK's logger may print what was said.
    logLevel: 'off',
  });
  // OpenAI's newer models take only the newer name; many compatible endpoints know only the older one.
  const isOpenAi = new URL(client.baseURL).hostname.endsWith('.openai.com');
  const limit = (tokens: number) => (isOpenAi ? { max_completion_tokens: tokens } : { max_tokens: tokens });

  return {
    name: options.model,

    async *stream(request, signal) {
      try {
        const chunks = await client.chat.completions.create(
          {
            model: options.model,
            messages: request.messages.map(toParam),
            ...toolParams(request),
            ...limit(request.maxTokens),
            stream: true,
            stream_options: { include_usage: true },
          },
          { signal },
        );
        yield* readChunks(chunks);
      } catch (error) {
        if (signal.aborted || error instanceof APIUserAbortError) return;
        throw asFailure(error);
      }
    },

    async check(signal) {
      try {
        await client.models.list({ signal });
      } catch (error) {
        // An endpoint without a list of models is there all the same.
        if (error instanceof APIError && (error.status === 404 || error.status === 405)) return;
        throw asFailure(error);
      }
    },
  };
}

async function* readChunks(chunks: AsyncIterable<ChatCompletionChunk>): AsyncGenerator<ModelEvent> {
  const calls: ToolCall[] = [];
  let finished = false;
  try {
    for await (const chunk of chunks) {
      const choice = chunk.choices?.[0];
      // Compatible endpoints leave out what OpenAI's types call certain.
      const delta: Partial<ChatCompletionChunk.Choice.Delta> | undefined = choice?.delta;
      const written = delta?.content ?? delta?.refusal;
      const called = delta?.tool_calls ?? [];
      if (written) yield { type: 'text', text: written };
      if (called.length > 0) {
        for (const part of called) gather(calls, part);
        yield { type: 'tool_call' };
      }
      if (!written && called.length === 0) yield { type: 'progress' };
      if (choice?.finish_reason && !finished) {
        finished = true;
        yield { type: 'finish', reason: toReason(choice.finish_reason), toolCalls: calls };
      }
      if (chunk.usage) {
        const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = chunk.usage;
        yield { type: 'usage', usage: { promptTokens, completionTokens }, model: chunk.model };
      }
    }
  } catch (error) {
    // An answer that is complete stays so, however the connection ends.
    if (!finished) throw error;
  }
}

/** A call comes in pieces: its name and id first, its arguments after. Some endpoints leave out id or index. */
function gather(calls: ToolCall[], part: NonNullable<ChatCompletionChunk.Choice.Delta['tool_calls']>[number]): void {
  const index = part.index ?? (part.id === undefined ? Math.max(0, calls.length - 1) : calls.length);
  if (index > 31) throw new ModelFailure('garbled', { detail: 'too many tool calls at once' });
  while (calls.length <= index) calls.push({ id: `call_${calls.length}`, name: '', arguments: '' });
  const call = calls[index];
  if (call === undefined) return;
  if (part.id) call.id = part.id;
  if (part.function?.name) call.name += part.function.name;
  if (part.function?.arguments) call.arguments += part.function.arguments;
}

function toReason(reason: string): FinishReason {
  switch (reason) {
    case 'tool_calls':
    case 'function_call':
      return 'tool_calls';
    case 'length':
    case 'content_filter':
      return reason;
    default:
      return 'stop';
  }
}

function toParam(message: ChatMessage): ChatCompletionMessageParam {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.text };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: message.text };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.text === '' && message.toolCalls ? null : message.text,
        ...(message.toolCalls && {
          tool_calls: message.toolCalls.map(({ id, name, arguments: text }) => ({
            id,
            type: 'function' as const,
            function: { name, arguments: text },
          })),
        }),
      };
  }
}

function toolParams(request: ModelRequest): { tools?: ChatCompletionTool[] } {
  // An empty list is refused by the API.
  return request.tools && request.tools.length > 0 ? { tools: request.tools.map(toTool) } : {};
}

function toTool({ name, description, parameters }: ToolSpec): ChatCompletionTool {
  return { type: 'function', function: { name, description, parameters } };
}

function asFailure(error: unknown): ModelFailure {
  if (error instanceof ModelFailure) return error;
  if (error instanceof SyntaxError) return new ModelFailure('garbled', { cause: error });
  if (error instanceof APIUserAbortError) return new ModelFailure('unreachable', { detail: 'no answer in time' });
  if (error instanceof APIConnectionError) return new ModelFailure('unreachable', { detail: reasonOf(error) });
  if (!(error instanceof APIError)) return new ModelFailure('cut_off', { detail: reasonOf(error) });
  const status: number | undefined = error.status;
  const code = error.code ?? undefined;
  const detail = [status, code].filter((part) => part !== undefined).join(' ');
  switch (status) {
    // The endpoint reports an error within the stream.
    case undefined:
      return new ModelFailure('server_error', { detail: code ?? 'within the stream' });
    case 401:
    case 403:
      return new ModelFailure('unauthorised', { detail });
    case 404:
      return new ModelFailure('unknown_model', { detail });
    case 429:
      return code === 'insufficient_quota'
        ? new ModelFailure('out_of_quota', { detail })
        : new ModelFailure('rate_limited', { detail, retryAfterMs: retryAfter(error.headers) });
    case 408:
    case 409:
      return new ModelFailure('server_error', { detail });
    default:
      return status >= 500
        ? new ModelFailure('server_error', { detail, retryAfterMs: retryAfter(error.headers) })
        : new ModelFailure('bad_request', { detail });
  }
}

/** The innermost cause, as `ECONNREFUSED`: the SDK's own words are "Connection error." */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
