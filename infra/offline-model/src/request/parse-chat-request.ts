import { z } from 'zod';
import { invalid } from '../http/api-error.ts';
import { isObject } from '../is-object.ts';
import type { ChatMessage, ChatRequest, JsonSchema, ToolChoice } from './chat-request.ts';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const object = z.record(z.string(), z.unknown());

/** Text, or an array of parts of which the texts are read: the offline model sees no images and hears no sound. */
const content = z.preprocess(
  (value) => (typeof value === 'string' ? [{ type: 'text', text: value }] : value),
  z
    .array(
      z.custom<{ type: string; text?: string }>(
        (part) => isObject(part) && isText(part.type) && (part.type !== 'text' || typeof part.text === 'string'),
        'expected a part with a type, and a text when that is its type',
      ),
    )
    .min(1)
    .transform((parts) =>
      parts.flatMap(({ type, text = '' }) => (type === 'text' && text !== '' ? [text] : [])).join('\n'),
    ),
);

const toolCall = z.object({
  id: z.string(),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer', 'user']), content }),
  z.object({ role: z.literal('tool'), content, tool_call_id: z.string().min(1) }),
  z.object({
    role: z.literal('assistant'),
    tool_calls: z.array(toolCall).min(1).nullish(),
    refusal: z.string().nullish(),
    content: z.union([z.null(), content]).optional(),
  }),
]);

const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
    description: z.string().catch(''),
    parameters: z
      .custom<JsonSchema>(
        (schema) => isObject(schema) && (schema.type ?? 'object') === 'object',
        'expected type "object"',
      )
      .default({}),
  }),
});

const count = z.int().min(1).nullish();
const request = z.object({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  tools: z.array(tool).min(1).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: count,
  max_completion_tokens: count,
  n: z.literal(1, 'the offline model gives one choice a request').nullish(),
  stop: z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(z.string().min(1)).max(4).nullish(),
  ),
  response_format: z
    .union([
      z.object({ type: z.enum(['text', 'json_object']) }),
      z.object({ type: z.literal('json_schema'), json_schema: z.object({ schema: object }) }),
    ])
    .nullish(),
  // These steer a real model's sampling, and are otherwise ignored.
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
});

/** OpenAI's codes, where it has one. */
function codeOf(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'too_small') return issue.origin === 'array' ? 'empty_array' : 'integer_below_min_value';
  return issue.code === 'invalid_type' ? 'invalid_type' : undefined;
}

/** `messages[2].role`, as OpenAI names a parameter. */
const nameOf = (path: readonly PropertyKey[]): string =>
  path
    .reduce<string>((name, step) => (typeof step === 'number' ? `${name}[${step}]` : `${name}.${String(step)}`), '')
    .slice(1);

/**
 * Checks the body of a chat completion request.
 * @throws ApiError 400 that names the parameter
 */
export function parseChatRequest(body: unknown): ChatRequest {
  const { data, error } = request.safeParse(body);
  const issue = error?.issues[0];
  if (issue !== undefined) {
    const param = nameOf(issue.path);
    throw invalid(param, `Invalid value for '${param}': ${issue.message}.`, codeOf(issue));
  }
  if (data === undefined) throw invalid('', 'The request body must be a JSON object.');
  const { model, stream, stream_options, stop, tools, response_format } = data;
  if (stream_options && stream !== true)
    throw invalid('stream_options', "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
  const maxTokens = data.max_completion_tokens ?? data.max_tokens;
  const offered = (tools ?? []).map((one) => one.function);
  for (const [index, { name }] of offered.entries())
    if (offered.findIndex((other) => other.name === name) < index)
      throw invalid(`tools[${index}].function.name`, `Tool names must be unique: '${name}' is there twice.`);
  const jsonSchema =
    response_format?.type === 'json_schema'
      ? response_format.json_schema.schema
      : response_format?.type === 'json_object'
        ? {}
        : undefined;
  return {
    model,
    messages: inOrder(data.messages.map(messageOf)),
    tools: offered,
    toolChoice: choiceOf(
      data.tool_choice,
      offered.map(({ name }) => name),
    ),
    parallelToolCalls: data.parallel_tool_calls ?? true,
    stream: stream ?? false,
    includeUsage: stream_options?.include_usage ?? false,
    stop: stop ?? [],
    ...(maxTokens == null ? {} : { maxTokens }),
    ...(jsonSchema === undefined ? {} : { jsonSchema }),
  };
}

function messageOf(one: z.output<typeof message>, index: number): ChatMessage {
  if (one.role === 'tool') return { role: 'tool', text: one.content, toolCallId: one.tool_call_id };
  if (one.role !== 'assistant') return { role: one.role, text: one.content };
  const calls = one.tool_calls ?? [];
  if (one.content == null && calls.length === 0 && one.refusal == null)
    throw invalid(`messages[${index}].content`, 'Expected a text, a refusal or tool calls.');
  return {
    role: 'assistant',
    text: one.content ?? '',
    toolCalls: calls.map(({ id, function: { name, arguments: text } }) => ({ id, name, arguments: text })),
  };
}

function choiceOf(given: z.output<typeof request>['tool_choice'], names: readonly string[]): ToolChoice {
  if (given == null) return { mode: names.length > 0 ? 'auto' : 'none' };
  if (names.length === 0) throw invalid('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
  if (typeof given === 'string') return { mode: given };
  const { name } = given.function;
  if (!names.includes(name)) throw invalid('tool_choice', `Tool choice '${name}' not found in 'tools' parameter.`);
  return { mode: 'function', name };
}

/**
 * Every tool call must be answered by a tool message before anything else is said, and a tool message must answer a
 * call. A real API refuses a conversation that was cut between the two; so do we.
 */
function inOrder(messages: ChatMessage[]): ChatMessage[] {
  let open = { at: 0, ids: new Set<string>() };
  const refuseOpenCalls = (): void => {
    if (open.ids.size === 0) return;
    throw invalid(
      `messages[${open.at}].tool_calls`,
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
        `The following tool_call_ids did not have response messages: ${[...open.ids].join(', ')}`,
    );
  };
  let isAfterCalls = false;
  for (const [index, one] of messages.entries()) {
    if (one.role === 'tool') {
      const at = `messages[${index}]`;
      if (!isAfterCalls) throw invalid(`${at}.role`, "A 'tool' message must respond to preceding 'tool_calls'.");
      if (!open.ids.delete(one.toolCallId))
        throw invalid(`${at}.tool_call_id`, `'${one.toolCallId}' not found in 'tool_calls' of previous message.`);
      continue;
    }
    refuseOpenCalls();
    open = { at: index, ids: new Set(one.role === 'assistant' ? one.toolCalls.map(({ id }) => id) : []) };
    isAfterCalls = open.ids.size > 0;
  }
  refuseOpenCalls();
  return messages;
}
