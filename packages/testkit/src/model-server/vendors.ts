import type { Dialect } from './dialect.ts';
import {
  demandsLastOf,
  demandsShortIds,
  demandsSignatures,
  demandsSystemFirst,
  demandsText,
  demandsThoughts,
  demandsTurns,
  demandsWholeCalls,
  flatError,
  googleError,
  openAiError,
  refusesLongerThan,
  refusesParameter,
  refusesRole,
  refusesSchemaKeyword,
  refusesTools,
  schemaError,
  textError,
} from './rules.ts';
import { type Style, writer } from './write.ts';

const SSE = 'text/event-stream; charset=utf-8';
const unsupported = "Unsupported parameter: '{}' is not supported with this model.";
const swapped =
  "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";

const dialect = (rest: Partial<Omit<Dialect, 'write'>> & { style?: Style }): Dialect => {
  const { style, ...own } = rest;
  return {
    path: '/v1',
    lists: true,
    contentType: SSE,
    notFound: { status: 404, body: { detail: 'Not Found' } },
    write: writer(style),
    ...own,
    rules: [...(own.rules ?? []), demandsWholeCalls(openAiError())],
  };
};

/**
 * How endpoints speak, as their documents and people's bug reports tell. Words and forms are theirs; that they are told
 * rightly was not tried against the servers themselves.
 */
export const vendors = {
  openai: dialect({ rules: [refusesParameter('max_tokens', swapped, openAiError(), 'unsupported_parameter')] }),
  'openai, a thinking model': dialect({
    style: { thoughts: 'hidden' },
    rules: [
      refusesParameter('max_tokens', swapped, openAiError(), 'unsupported_parameter'),
      refusesParameter(
        'temperature',
        "Unsupported value: '{}' does not support 0.3 with this model. Only the default (1) value is supported.",
        openAiError(),
        'unsupported_value',
      ),
      refusesParameter('parallel_tool_calls', unsupported, openAiError(), 'unsupported_parameter'),
      refusesRole(
        'system',
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        openAiError(),
      ),
    ],
  }),
  azure: dialect({
    path: '/openai/deployments/chat',
    lists: false,
    notFound: { status: 404, body: { error: { code: '404', message: 'Resource not found' } } },
    style: { first: { choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] } },
    rules: [refusesParameter('stream_options', 'Unrecognized request argument supplied: {}', openAiError())],
  }),
  'azure, Mistral': dialect({
    rules: [refusesParameter('max_completion_tokens', 'Extra inputs are not permitted', schemaError(false))],
  }),
  mistral: dialect({
    style: { thoughts: 'parts', calls: 'whole', reasons: { length: 'model_length' }, usage: 'in every chunk' },
    rules: [
      refusesParameter('stream_options', 'Extra inputs are not permitted', schemaError(true)),
      refusesParameter('store', 'Extra inputs are not permitted', schemaError(true)),
      demandsLastOf(
        ['user', 'tool'],
        'Expected last role User or Tool (or Assistant with prefix True) for serving but got {}',
        flatError(),
      ),
      demandsSystemFirst("Unexpected role 'system' after role 'user'", flatError()),
      demandsShortIds('Tool call id was call_0 but must be a-z, A-Z, 0-9, with a length of 9.', flatError()),
    ],
  }),
  gemini: dialect({
    path: '/v1beta/openai',
    style: { calls: 'signed', usage: 'in every chunk', reasons: { tool_calls: 'stop' } },
    rules: [refusesSchemaKeyword('additionalProperties', googleError), demandsSignatures(googleError)],
  }),
  'gemini, Gemma': dialect({
    rules: [
      refusesTools('Function calling is not enabled for models/gemma-3-27b-it', googleError),
      refusesRole('system', 'Developer instruction is not enabled for models/gemma-3-27b-it', googleError),
    ],
    style: { calls: 'hermes' },
  }),
  anthropic: dialect({
    rules: [
      refusesParameter('store', '{}: Extra inputs are not permitted', openAiError()),
      demandsText('messages.2.content: Input should be a valid string, got null', openAiError()),
    ],
    style: { usage: 'none', reasons: { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' } },
  }),
  groq: dialect({ style: { calls: 'whole' } }),
  openrouter: dialect({
    style: { comments: ': OPENROUTER PROCESSING', thoughts: 'reasoning', calls: 'hermes' },
    rules: [
      refusesTools(
        'No endpoints found that support tool use. To learn more about provider routing, visit our docs',
        openAiError(404),
      ),
    ],
  }),
  deepseek: dialect({
    style: { comments: ': keep-alive' },
    rules: [
      demandsTurns(
        'deepseek-reasoner does not support successive user or assistant messages (messages[1] and messages[2] in your input). You should interleave the user/assistant messages in the message sequence.',
        openAiError(),
        { system: 'first', tools: true },
      ),
      demandsThoughts(openAiError()),
    ],
  }),
  perplexity: dialect({
    style: { done: false, calls: 'hermes' },
    rules: [
      refusesTools('Tool calling is not supported for this model', openAiError()),
      demandsTurns(
        'After the (optional) system message(s), user or tool message(s) should alternate with assistant message(s).',
        openAiError(),
        { system: 'first', tools: false },
      ),
      demandsLastOf(['user'], 'Last message must have role `user`.', openAiError()),
    ],
  }),
  together: dialect({ style: { reasons: { stop: 'eos' } } }),
  cohere: dialect({
    style: { reasons: { stop: 'COMPLETE', length: 'MAX_TOKENS' }, usage: 'none' },
    rules: [refusesParameter('stream_options', 'invalid request: unknown field {}', textError())],
  }),
  ollama: dialect({
    style: { thoughts: 'reasoning', calls: 'whole', reasons: { tool_calls: 'stop' } },
    notFound: { status: 404, body: '404 page not found' },
  }),
  'ollama, no tools': dialect({
    style: { thoughts: 'tags', calls: 'hermes' },
    notFound: { status: 404, body: '404 page not found' },
    rules: [refusesTools('registry.ollama.ai/library/gemma3:4b does not support tools', openAiError(400, 'api_error'))],
  }),
  vllm: dialect({
    style: { usage: 'odd' },
    rules: [
      refusesLongerThan(
        9_000,
        "This model's maximum context length is {most} tokens. However, you requested {length} tokens (in the messages, in the completion). Please reduce the length of the messages or completion.",
        flatError(),
      ),
    ],
  }),
  'vllm, no parser': dialect({
    style: { calls: 'hermes' },
    rules: [
      refusesTools(
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        flatError(),
      ),
    ],
  }),
  'vllm, Mistral': dialect({
    style: { calls: 'mistral' },
    rules: [
      demandsTurns(
        'After the optional system message, conversation roles must alternate user/assistant/user/assistant/...',
        flatError(),
        { system: 'first', tools: true },
      ),
      demandsShortIds('Tool call IDs should be alphanumeric strings with length 9!', flatError()),
    ],
  }),
  'vllm, Gemma 2': dialect({
    style: { calls: 'hermes' },
    rules: [
      refusesTools(
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        flatError(),
      ),
      refusesRole('system', 'System role not supported', flatError()),
      demandsTurns('Conversation roles must alternate user/assistant/user/assistant/...', flatError(), {
        system: 'none',
        tools: false,
      }),
    ],
  }),
  // Its template opens the thoughts, with each answer.
  'vllm, DeepSeek R1': {
    ...dialect({}),
    write: (answer, request) =>
      writer({ thoughts: 'end tag', calls: 'deepseek' })({ thoughts: 'Hm.', ...answer }, request),
  },
  sglang: dialect({ style: { calls: 'index 0', line: '\r\n' } }),
  tgi: dialect({
    style: { reasons: { stop: 'eos_token' }, calls: 'whole' },
    lists: false,
    rules: [
      demandsSystemFirst(
        'Template error: invalid operation: System message must be at the beginning (in <string>:1)',
        textError(422),
      ),
      refusesLongerThan(
        9_000,
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= {most}. Given: {length} `inputs` tokens',
        textError(422),
      ),
    ],
  }),
  lmstudio: dialect({
    style: { calls: 'llama', thoughts: 'tags' },
    notFound: { status: 200, body: { error: 'Unexpected endpoint or method. (GET /models)' } },
    rules: [
      demandsSystemFirst(
        'Error rendering prompt with jinja template: "No user query found in messages.".',
        textError(),
      ),
      refusesLongerThan(
        9_000,
        'Trying to keep the first {length} tokens when context the overflows. However, the model is loaded with context length of only {most} tokens, which is not enough.',
        textError(),
      ),
    ],
  }),
  'llama.cpp': dialect({
    style: { line: '\r\n' },
    rules: [
      refusesTools('tools param requires --jinja flag', openAiError(500, 'server_error')),
      demandsTurns(
        'Conversation roles must alternate user/assistant/user/assistant/... at row 1, column 230',
        openAiError(500, 'server_error'),
        { system: 'first', tools: false },
      ),
      refusesLongerThan(
        9_000,
        'the request exceeds the available context size, try increasing it',
        openAiError(400, 'exceed_context_size_error'),
      ),
    ],
    notFound: { status: 404, body: { error: { code: 404, message: 'File Not Found', type: 'not_found_error' } } },
  }),
  'a gateway that never says how it ends': dialect({ style: { finish: 'never', usage: 'none' }, lists: false }),
} satisfies Record<string, Dialect>;
export type Vendor = keyof typeof vendors;
