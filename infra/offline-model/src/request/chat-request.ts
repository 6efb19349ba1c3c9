import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON Schema as it comes with a tool: any object; what we do not understand in it, we ignore. */
export type JsonSchema = Readonly<Record<string, unknown>>;
export type ChatMessage = z.output<typeof message>;
export type ToolSpec = Readonly<z.output<typeof tool>>;

/** A checked request to `POST /v1/chat/completions`. */
export type ChatRequest = z.output<typeof chatRequest>;
/** What is to be answered: all that the brain may look at. */
export type Prompt = Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'> &
  Partial<Pick<ChatRequest, 'jsonSchema'>> & { messages: readonly ChatMessage[]; tools: readonly ToolSpec[] };

/** Text, or an array of parts of which the texts are read: the offline model sees no images and hears no sound. */
const content = z.preprocess(
  (value) => (typeof value === 'string' ? [{ type: 'text', text: value }] : value),
  z
    .array(z.object({ type: z.string(), text: z.string().default('') }))
    .min(1)
    .transform((parts) => parts.flatMap(({ type, text }) => (type === 'text' && text ? [text] : [])).join('\n')),
);

/** `arguments` is JSON text, as the model wrote it. */
const toolCall = z
  .object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) })
  .transform(({ id, function: called }) => ({ id, ...called }));

const message = z.discriminatedUnion('role', [
  z
    .object({ role: z.enum(['system', 'developer', 'user']), content })
    .transform(({ role, content: text }) => ({ role, text })),
  z
    .object({ role: z.literal('tool'), content, tool_call_id: z.string().min(1) })
    .transform(({ role, content: text, tool_call_id: toolCallId }) => ({ role, text, toolCallId })),
  z
    .object({
      role: z.literal('assistant'),
      tool_calls: z.array(toolCall).min(1).nullish(),
      content: z.union([z.null(), content]).optional(),
    })
    .refine((one) => one.content != null || one.tool_calls != null, {
      message: 'expected a text or tool calls',
      path: ['content'],
    })
    .transform(({ role, content: text, tool_calls }) => ({ role, text: text ?? '', toolCalls: tool_calls ?? [] })),
]);

const refuse = (context: z.RefinementCtx, path: (string | number)[], message: string) =>
  context.addIssue({ code: 'custom', path, message });

/** As a real API does, refuses a conversation that was cut between a tool call and its result. */
const messages = z
  .array(message)
  .min(1)
  .superRefine((list, context) => {
    let open = new Map<string, number>();
    for (const [at, one] of [...list, undefined].entries()) {
      if (one?.role === 'tool') {
        if (list[at - 1]?.role !== 'tool' && open.size === 0) refuse(context, [at, 'role'], 'no call is before it');
        else if (!open.delete(one.toolCallId)) refuse(context, [at, 'tool_call_id'], 'no call before it has this id');
      } else {
        for (const [id, from] of open) refuse(context, [from, 'tool_calls'], `no tool message answers '${id}'`);
        open = new Map(one?.role === 'assistant' ? one.toolCalls.map(({ id }) => [id, at]) : []);
      }
    }
  });

const tool = z.object({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
  description: z.string().catch(''),
  parameters: z
    .record(z.string(), z.unknown())
    .refine(({ type = 'object' }) => type === 'object', 'expected type "object"')
    .default({}),
});

const choice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }).transform((one) => one.function),
]);

const format = z.union([
  z.object({ type: z.enum(['text', 'json_object']) }),
  z.object({ type: z.literal('json_schema'), json_schema: z.object({ schema: z.record(z.string(), z.unknown()) }) }),
]);

const count = z.int().min(1).nullish();
const chatRequest = z
  .object({
    model: z.string().min(1),
    messages,
    tools: z
      .array(z.object({ type: z.literal('function'), function: tool }).transform((one) => one.function))
      .min(1)
      .nullish(),
    tool_choice: choice.nullish(),
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
    response_format: format.nullish(),
    // It steers a real model's sampling, and is otherwise ignored.
    temperature: z.number().min(0).max(2).nullish(),
  })
  .transform((body, context) => {
    const tools = body.tools ?? [];
    const names = tools.map(({ name }) => name);
    const twice = names.findIndex((name, index) => names.indexOf(name) < index);
    const wanted = body.response_format ?? { type: 'text' };
    const toolChoice = body.tool_choice ?? (tools.length > 0 ? 'auto' : 'none');
    if (body.stream_options && body.stream !== true)
      refuse(context, ['stream_options'], "only allowed when 'stream' is enabled");
    if (twice >= 0) refuse(context, ['tools', twice, 'function', 'name'], 'names of tools must differ');
    if (body.tool_choice && tools.length === 0)
      refuse(context, ['tool_choice'], "only allowed when 'tools' are specified");
    if (typeof toolChoice === 'object' && !names.includes(toolChoice.name))
      refuse(context, ['tool_choice'], `'${toolChoice.name}' is not among the 'tools'`);
    return {
      model: body.model,
      messages: body.messages,
      tools,
      toolChoice,
      parallelToolCalls: body.parallel_tool_calls ?? true,
      stream: body.stream ?? false,
      includeUsage: body.stream_options?.include_usage ?? false,
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
      stop: body.stop ?? [],
      /** Set when the answer is to be JSON; an empty schema stands for any. */
      jsonSchema: wanted.type === 'text' ? undefined : 'json_schema' in wanted ? wanted.json_schema.schema : {},
    };
  });

/** @throws ApiError 400 that names the parameter (`messages[2].role`), with OpenAI's code where it has one */
export function check<T>(schema: z.ZodType<T>, body: unknown): T {
  const { data, error } = schema.safeParse(body);
  const issue = error?.issues[0];
  if (issue === undefined) return data as T; // without an error there are data
  const param = z.core.toDotPath(issue.path);
  const tooSmall = issue.code === 'too_small' && (issue.origin === 'array' ? 'empty_array' : 'integer_below_min_value');
  const code = tooSmall || (issue.code === 'invalid_type' ? issue.code : undefined);
  throw new ApiError(400, `Invalid value for '${param}': ${issue.message}.`, { param, code });
}

export const parseChatRequest = (body: unknown): ChatRequest => check(chatRequest, body);
