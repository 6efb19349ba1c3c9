import { countTokens } from '../../context/tokens.ts';
import type { Capabilities } from '../learning/capabilities.ts';
import type { Sent } from '../learning/learn-from-refusal.ts';
import type { ChatMessage, ModelRequest, ToolCall, ToolSpec } from '../model.ts';
import type { Opaque } from '../reading/read-answer.ts';
import { inStrictOrder } from './message-order.ts';
import { countMessage, withinTokens } from './shorten.ts';
import { callsInWords, simpleSchema, withDescribedTools } from './tools-in-words.ts';

export interface ShapedRequest {
  body: Record<string, unknown>;
  /** What a rejection may be about. Counted only when the request is rejected. */
  sent: () => Sent;
}

/**
 * The body of a request in the form that the endpoint accepts. `parameters`: set by the operator for every request.
 */
export function shapeRequest(options: {
  model: string;
  request: ModelRequest;
  can: Capabilities;
  parameters: Readonly<Record<string, unknown>>;
  /** A factor for the answer's limit, after thoughts have used it up. */
  roomier: number;
}): ShapedRequest {
  const { request, can } = options;
  const tools = request.tools ?? [];
  const describes = can.tools === 'described';
  const messages = shapeMessages(request, can);
  const limit = Math.min(
    (request.maxTokens + can.thoughtTokens) * options.roomier,
    can.answerTokens ?? Number.POSITIVE_INFINITY,
  );
  const optional: Record<string, unknown> = {
    ...options.parameters,
    ...(can.streams && { stream_options: { include_usage: true } }),
    ...(can.limit !== 'none' && { [can.limit]: limit }),
    // Endpoints reject an empty list.
    ...(tools.length > 0 && !describes && { tools: tools.map((tool) => toTool(tool, can.simpleSchemas)) }),
  };
  const kept = Object.entries(optional).filter(([name]) => !can.without.includes(name));
  const ownId = idsOf(messages, can);
  const body: Record<string, unknown> = {
    model: options.model,
    messages: messages.map((message) => toParam(message, can, ownId)),
    ...Object.fromEntries(kept),
    ...(can.streams && { stream: true }),
  };
  const sent = (): Sent => ({
    parameters: Object.keys(body),
    tools: tools.length > 0,
    tokens: messages.reduce((sum, message) => sum + countMessage(message, countTokens), 0) + tokensOf(body.tools),
    limit,
  });
  return { body, sent };
}

const tokensOf = (tools: unknown) => (tools === undefined ? 0 : countTokens(JSON.stringify(tools)));

function shapeMessages(request: ModelRequest, can: Capabilities): readonly ChatMessage[] {
  const described = can.tools === 'described';
  let messages = request.messages;
  if (described) messages = withDescribedTools(messages, request.tools ?? []);
  if (can.contextTokens !== undefined) messages = withinTokens(messages, can.contextTokens, countTokens);
  if (described || can.results === 'words') messages = callsInWords(messages);
  return can.order === 'any' ? messages : inStrictOrder(messages, can.order === 'strict');
}

/** Ids that every template accepts, instead of the endpoint's own. */
function idsOf(messages: readonly ChatMessage[], can: Capabilities): (id: string) => string {
  if (!can.shortIds) return (id) => id;
  const all = messages.flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []) : []));
  return (id) => `call${String(all.findIndex((call) => call.id === id) + 1).padStart(5, '0')}`;
}

function toParam(message: ChatMessage, can: Capabilities, ownId: (id: string) => string): Record<string, unknown> {
  switch (message.role) {
    case 'system':
      return { role: can.instructions, content: message.text };
    case 'user':
      return { role: 'user', content: message.text };
    case 'tool':
      return { role: 'tool', tool_call_id: ownId(message.toolCallId), content: message.text };
    case 'assistant': {
      const calls = message.toolCalls;
      if (calls === undefined) return { role: 'assistant', content: message.text };
      const thoughts = calls.map(opaqueOf).find((opaque) => opaque.thoughts !== undefined)?.thoughts;
      return {
        role: 'assistant',
        content: message.text === '' && !can.emptyText ? null : message.text,
        ...(can.returnsThoughts && { reasoning_content: thoughts ?? '' }),
        tool_calls: calls.map((call) => toCall(call, ownId)),
      };
    }
  }
}

function toCall(call: ToolCall, ownId: (id: string) => string): Record<string, unknown> {
  const { extra } = opaqueOf(call);
  return {
    id: ownId(call.id),
    type: 'function',
    function: { name: call.name, arguments: call.arguments.trim() === '' ? '{}' : call.arguments },
    ...(extra !== undefined && { extra_content: extra }),
  };
}

const opaqueOf = ({ opaque }: ToolCall): Opaque => (typeof opaque === 'object' && opaque !== null ? opaque : {});

function toTool({ name, description, parameters }: ToolSpec, simply: boolean): Record<string, unknown> {
  return {
    type: 'function',
    function: { name, description, parameters: simply ? simpleSchema(parameters) : parameters },
  };
}
