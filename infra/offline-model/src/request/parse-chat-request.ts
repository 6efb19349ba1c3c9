import { invalid } from '../http/api-error.ts';
import { isObject } from '../is-object.ts';
import type { ChatRequest, JsonSchema, ToolChoice, ToolSpec } from './chat-request.ts';
import { parseMessages } from './parse-messages.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks the body of a chat completion request. Parameters that only steer a real model's sampling
 * (`temperature`, `seed`, `logit_bias`, …) are checked for range where a range is documented and otherwise ignored.
 * @throws ApiError 400 that names the parameter
 */
export function parseChatRequest(body: unknown): ChatRequest {
  if (!isObject(body)) throw invalid('', 'The request body must be a JSON object.');
  const model = body.model;
  if (typeof model !== 'string' || model === '') throw invalid('model', 'You must provide a model parameter.');

  const messages = parseMessages(body.messages);
  const tools = parseTools(body.tools);
  const toolChoice = parseToolChoice(body.tool_choice, tools);
  const stream = optionalBoolean(body, 'stream') ?? false;
  const includeUsage = parseStreamOptions(body.stream_options, stream);
  const maxTokens = optionalInteger(body, 'max_completion_tokens', 1) ?? optionalInteger(body, 'max_tokens', 1);
  const jsonSchema = parseResponseFormat(body.response_format);
  checkRange(body, 'temperature', 0, 2);
  checkRange(body, 'top_p', 0, 1);
  checkRange(body, 'presence_penalty', -2, 2);
  checkRange(body, 'frequency_penalty', -2, 2);
  if ((optionalInteger(body, 'n', 1) ?? 1) !== 1) {
    throw invalid('n', 'The offline model gives one choice a request: n must be 1.');
  }
  return {
    model,
    messages,
    tools,
    toolChoice,
    parallelToolCalls: optionalBoolean(body, 'parallel_tool_calls') ?? true,
    stream,
    includeUsage,
    stop: parseStop(body.stop),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(jsonSchema === undefined ? {} : { jsonSchema }),
  };
}

function parseTools(value: unknown): ToolSpec[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid('tools', "Invalid type for 'tools': expected an array of tools.");
  if (value.length === 0) throw invalid('tools', "Invalid 'tools': empty array. Leave it out instead.");
  const names = new Set<string>();
  return value.map((tool: unknown, index) => {
    const at = `tools[${index}]`;
    if (!isObject(tool) || tool.type !== 'function' || !isObject(tool.function)) {
      throw invalid(`${at}.type`, `Invalid '${at}': only tools of type 'function' are supported.`);
    }
    const { name, description, parameters } = tool.function;
    if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      throw invalid(
        `${at}.function.name`,
        `Invalid '${at}.function.name': expected 1 to 64 letters, digits, underscores and dashes.`,
      );
    }
    if (names.has(name)) throw invalid(`${at}.function.name`, `Tool names must be unique: '${name}' is there twice.`);
    names.add(name);
    if (parameters !== undefined && !(isObject(parameters) && (parameters.type ?? 'object') === 'object')) {
      throw invalid(
        `${at}.function.parameters`,
        `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"'.`,
        'invalid_function_parameters',
      );
    }
    return {
      name,
      description: typeof description === 'string' ? description : '',
      parameters: isObject(parameters) ? parameters : {},
    };
  });
}

function parseToolChoice(value: unknown, tools: readonly ToolSpec[]): ToolChoice {
  if (value === undefined || value === null) return { mode: tools.length > 0 ? 'auto' : 'none' };
  if (tools.length === 0) {
    throw invalid(
      'tool_choice',
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    );
  }
  if (value === 'none' || value === 'auto' || value === 'required') return { mode: value };
  const chosen = isObject(value) && value.type === 'function' ? value.function : undefined;
  const name = isObject(chosen) ? chosen.name : undefined;
  if (typeof name !== 'string') {
    throw invalid('tool_choice', "Invalid value for 'tool_choice': expected 'none', 'auto', 'required' or a function.");
  }
  if (!tools.some((tool) => tool.name === name)) {
    throw invalid('tool_choice', `Tool choice '${name}' not found in 'tools' parameter.`);
  }
  return { mode: 'function', name };
}

function parseStreamOptions(value: unknown, stream: boolean): boolean {
  if (value === undefined || value === null) return false;
  if (!stream) {
    throw invalid('stream_options', "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
  }
  if (!isObject(value)) throw invalid('stream_options', "Invalid type for 'stream_options': expected an object.");
  return optionalBoolean(value, 'include_usage', 'stream_options.include_usage') ?? false;
}

function parseStop(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((item): item is string => typeof item === 'string' && item !== '');
  if (texts.length !== list.length || list.length > 4) {
    throw invalid('stop', "Invalid 'stop': expected a non-empty string or an array of up to 4 of them.");
  }
  return texts;
}

function parseResponseFormat(value: unknown): JsonSchema | undefined {
  if (value === undefined || value === null) return undefined;
  if (isObject(value)) {
    if (value.type === 'text') return undefined;
    if (value.type === 'json_object') return {};
    const format = value.json_schema;
    if (value.type === 'json_schema' && isObject(format) && isObject(format.schema)) return format.schema;
  }
  throw invalid('response_format', "Invalid 'response_format': expected type 'text', 'json_object' or 'json_schema'.");
}

function optionalBoolean(fields: Fields, name: string, param = name): boolean | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean')
    throw invalid(param, `Invalid type for '${param}': expected a boolean.`, 'invalid_type');
  return value;
}

function optionalInteger(fields: Fields, name: string, minimum: number): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw invalid(name, `Invalid type for '${name}': expected an integer.`, 'invalid_type');
  }
  if (value < minimum) {
    throw invalid(
      name,
      `Invalid '${name}': integer below minimum value. Expected a value >= ${minimum}, but got ${value} instead.`,
      'integer_below_min_value',
    );
  }
  return value;
}

function checkRange(fields: Fields, name: string, minimum: number, maximum: number): void {
  const value = fields[name];
  if (value === undefined || value === null) return;
  if (typeof value !== 'number') throw invalid(name, `Invalid type for '${name}': expected a number.`, 'invalid_type');
  if (value < minimum || value > maximum) {
    throw invalid(
      name,
      `Invalid '${name}': expected a value between ${minimum} and ${maximum}, but got ${value} instead.`,
    );
  }
}
