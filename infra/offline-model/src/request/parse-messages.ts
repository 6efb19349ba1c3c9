import { invalid } from '../http/api-error.ts';
import { isObject } from '../is-object.ts';
import type { ChatMessage, ToolCall } from './chat-request.ts';

/**
 * Checks the messages of a request, each by itself and their order: every tool call must be answered by a tool
 * message before anything else is said, and a tool message must answer a call. A real API refuses a conversation
 * that was cut between the two; so do we.
 * @throws ApiError 400 that names the message
 */
export function parseMessages(value: unknown): ChatMessage[] {
  if (value === undefined) {
    throw invalid('messages', "Missing required parameter: 'messages'.", 'missing_required_parameter');
  }
  if (!Array.isArray(value)) throw invalid('messages', "Invalid type for 'messages': expected an array of objects.");
  if (value.length === 0) {
    throw invalid(
      'messages',
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'empty_array',
    );
  }
  const messages = value.map(parseMessage);
  checkToolOrder(messages);
  return messages;
}

function parseMessage(value: unknown, index: number): ChatMessage {
  const at = `messages[${index}]`;
  if (!isObject(value)) throw invalid(at, `Invalid type for '${at}': expected an object.`, 'invalid_type');
  const role = value.role;
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      return { role, text: parseContent(value.content, at) };
    case 'assistant': {
      const toolCalls = parseToolCalls(value.tool_calls, at);
      const content = value.content;
      const mayBeAbsent = toolCalls.length > 0 || typeof value.refusal === 'string';
      if (mayBeAbsent && (content === undefined || content === null)) return { role, text: '', toolCalls };
      return { role, text: parseContent(content, at), toolCalls };
    }
    case 'tool': {
      const toolCallId = value.tool_call_id;
      if (typeof toolCallId !== 'string' || toolCallId === '') {
        throw invalid(`${at}.tool_call_id`, `Missing parameter '${at}.tool_call_id': a tool message names its call.`);
      }
      return { role, text: parseContent(value.content, at), toolCallId };
    }
    default:
      throw invalid(
        `${at}.role`,
        `Invalid value: '${String(role)}'. Supported values are: 'system', 'developer', 'user', 'assistant' and 'tool'.`,
        'invalid_value',
      );
  }
}

/** Text, or an array of parts of which the texts are read: the offline model sees no images and hears no sound. */
function parseContent(content: unknown, at: string): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content) && content.length > 0) {
    const texts = content.map((part: unknown, index) => {
      if (!isObject(part) || typeof part.type !== 'string') {
        throw invalid(`${at}.content[${index}]`, `Invalid '${at}.content[${index}]': expected a part with a type.`);
      }
      if (part.type !== 'text') return '';
      if (typeof part.text === 'string') return part.text;
      throw invalid(
        `${at}.content[${index}].text`,
        `Invalid type for '${at}.content[${index}].text': expected a string.`,
      );
    });
    return texts.filter((text) => text !== '').join('\n');
  }
  throw invalid(`${at}.content`, `Invalid value for 'content': expected a string or an array of parts, in '${at}'.`);
}

function parseToolCalls(value: unknown, at: string): ToolCall[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length === 0) {
    throw invalid(`${at}.tool_calls`, `Invalid '${at}.tool_calls': expected an array of at least one call.`);
  }
  return value.map((call: unknown, index) => {
    const called = isObject(call) ? call.function : undefined;
    if (isObject(call) && isObject(called)) {
      const { name, arguments: text } = called;
      if (typeof call.id === 'string' && typeof name === 'string' && typeof text === 'string') {
        return { id: call.id, name, arguments: text };
      }
    }
    throw invalid(
      `${at}.tool_calls[${index}]`,
      `Invalid '${at}.tool_calls[${index}]': expected {id, type: 'function', function: {name, arguments}}.`,
    );
  });
}

function checkToolOrder(messages: readonly ChatMessage[]): void {
  let open: { at: number; ids: Set<string> } | undefined;
  const refuseOpenCalls = (): void => {
    if (open === undefined || open.ids.size === 0) return;
    throw invalid(
      `messages[${open.at}].tool_calls`,
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
        `The following tool_call_ids did not have response messages: ${[...open.ids].join(', ')}`,
    );
  };
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (open === undefined) {
        throw invalid(
          `messages[${index}].role`,
          "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
        );
      }
      if (!open.ids.delete(message.toolCallId)) {
        throw invalid(
          `messages[${index}].tool_call_id`,
          `Invalid parameter: 'tool_call_id' of '${message.toolCallId}' not found in 'tool_calls' of previous message.`,
        );
      }
      continue;
    }
    refuseOpenCalls();
    open =
      message.role === 'assistant' && message.toolCalls.length > 0
        ? { at: index, ids: new Set(message.toolCalls.map((call) => call.id)) }
        : undefined;
  }
  refuseOpenCalls();
}
