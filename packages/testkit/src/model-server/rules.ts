import type { Refused, SentMessage, SentRequest } from './dialect.ts';

type Rule = (request: SentRequest) => Refused | undefined;
/** How a vendor puts a refusal into JSON. */
export type Wording = (message: string, detail?: { param?: string; code?: string; value?: unknown }) => Refused;

/** OpenAI's own form. */
export const openAiError =
  (status = 400, type = 'invalid_request_error'): Wording =>
  (message, { param, code } = {}) => ({
    status,
    body: { error: { message, type, param: param ?? null, code: code ?? null } },
  });
/** As vLLM, and Mistral's own API, write it: without an `error` around it. */
export const flatError =
  (status = 400): Wording =>
  (message) => ({ status, body: { object: 'error', message, type: 'BadRequestError', param: null, code: status } });
/** FastAPI's, for what does not fit its schema. It repeats what was sent. */
export const schemaError =
  (wrapped: boolean): Wording =>
  (message, { param = '', value } = {}) => {
    const detail = [{ type: 'extra_forbidden', loc: ['body', param], msg: message, input: value }];
    return {
      status: 422,
      body: wrapped ? { object: 'error', message: { detail }, type: 'invalid_request_error' } : { detail },
    };
  };
/** Google's, in a list. */
export const googleError: Wording = (message) => ({
  status: 400,
  body: [{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }],
});
/** Only a text, as Ollama and others. */
export const textError =
  (status = 400): Wording =>
  (error) => ({ status, body: { error } });

/** `words`: the vendor's sentence; `{}` in it is the parameter's name. */
export const refusesParameter =
  (name: string, words: string, error: Wording, code?: string): Rule =>
  (request) =>
    request[name] === undefined
      ? undefined
      : error(words.replaceAll('{}', name), { param: name, value: request[name], ...(code && { code }) });

export const refusesTools =
  (words: string, error: Wording): Rule =>
  ({ tools }) =>
    tools === undefined ? undefined : error(words);

/** Tools are known, and their schemas in part. */
export const refusesSchemaKeyword =
  (keyword: string, error: Wording): Rule =>
  ({ tools = [] }) =>
    tools.some(({ function: { parameters } }) => JSON.stringify(parameters ?? {}).includes(`"${keyword}":`))
      ? error(
          `Invalid JSON payload received. Unknown name "${keyword}" at 'tools[0].function_declarations[0].parameters': Cannot find field.`,
        )
      : undefined;

/** Characters in the place of tokens. */
export const refusesLongerThan =
  (most: number, words: string, error: Wording, code?: string): Rule =>
  (request) => {
    const length = JSON.stringify(request.messages).length + JSON.stringify(request.tools ?? []).length;
    return length <= most
      ? undefined
      : error(words.replace('{most}', String(most)).replace('{length}', String(length)), code ? { code } : {});
  };

const contentOf = ({ content }: SentMessage) => (typeof content === 'string' ? content : '');

/** Mistral's and Gemma's templates: user and assistant in turn, calls and their results aside. */
export const demandsTurns =
  (words: string, error: Wording, options: { system: 'first' | 'none'; tools: boolean }): Rule =>
  ({ messages }) => {
    const [first, ...others] = messages;
    const hasSystem = first?.role === 'system' && options.system === 'first';
    const turns = (hasSystem ? others : messages).filter(
      ({ role, tool_calls }) => !options.tools || (role !== 'tool' && tool_calls === undefined),
    );
    const inTurn = turns.every(({ role }, position) => role === (position % 2 === 0 ? 'user' : 'assistant'));
    return inTurn ? undefined : error(words);
  };

export const demandsSystemFirst =
  (words: string, error: Wording): Rule =>
  ({ messages }) =>
    messages.slice(1).some(({ role }) => role === 'system') ? error(words) : undefined;

export const demandsLastOf =
  (roles: readonly string[], words: string, error: Wording): Rule =>
  ({ messages }) =>
    roles.includes(messages.at(-1)?.role ?? '') ? undefined : error(words.replace('{}', messages.at(-1)?.role ?? ''));

export const refusesRole =
  (role: string, words: string, error: Wording): Rule =>
  ({ messages }) =>
    messages.some((message) => message.role === role) ? error(words) : undefined;

export const demandsShortIds =
  (words: string, error: Wording): Rule =>
  ({ messages }) => {
    const ids = messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id));
    return ids.every((id) => /^[a-zA-Z0-9]{9}$/.test(id)) ? undefined : error(words);
  };

export const demandsText =
  (words: string, error: Wording): Rule =>
  ({ messages }) =>
    messages.every(({ content }) => typeof content === 'string') ? undefined : error(words, { param: 'content' });

/** A model that has thought is shown it again with the calls that came of it. */
export const demandsThoughts =
  (error: Wording): Rule =>
  ({ messages }) => {
    const at = messages.findIndex((message) => message.tool_calls && typeof message.reasoning_content !== 'string');
    return at < 0
      ? undefined
      : error(`Missing \`reasoning_content\` field in the assistant message at message index ${at}`);
  };

export const demandsSignatures =
  (error: Wording): Rule =>
  ({ messages }) => {
    const calls = messages.flatMap(({ tool_calls = [] }) => tool_calls);
    return calls.length === 0 || calls[0]?.extra_content !== undefined
      ? undefined
      : error('Function call is missing a thought_signature in functionCall parts.');
  };

/** Every endpoint refuses a conversation in which a call and its result were torn apart, or nothing was said. */
export const demandsWholeCalls =
  (error: Wording): Rule =>
  ({ messages }) => {
    const open = new Set<string>();
    for (const message of messages) {
      for (const { id } of message.tool_calls ?? []) open.add(id);
      if (message.role === 'tool' && !open.delete(message.tool_call_id ?? ''))
        return error("messages with role 'tool' must be a response to a preceding message with 'tool_calls'.");
    }
    if (open.size > 0) return error("An assistant message with 'tool_calls' must be followed by tool messages.");
    return messages.some((message) => contentOf(message).trim() !== '')
      ? undefined
      : error('messages must not be empty');
  };
