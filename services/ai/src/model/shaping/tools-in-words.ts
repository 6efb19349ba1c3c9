import type { ChatMessage, ToolCall, ToolSpec } from '../model.ts';

/**
 * Describes tools in the system prompt, for an endpoint that does not support them. In the form of Hermes, which many
 * open models were trained on and which read-text.ts finds again.
 */
function describeTools(tools: readonly ToolSpec[]): string {
  const list = tools.map(({ name, description, parameters }) => JSON.stringify({ name, description, parameters }));
  return `# Tools
You can call these tools, which are given as JSON with a JSON Schema of their arguments:
<tools>
${list.join('\n')}
</tools>
To call one, write this, and nothing after it:
<tool_call>
{"name": "the tool's name", "arguments": {"its": "arguments"}}
</tool_call>
You are then told its result. The customer sees neither.`;
}

/** Adds the description of the tools to the end of the system prompt. */
export function withDescribedTools(messages: readonly ChatMessage[], tools: readonly ToolSpec[]): ChatMessage[] {
  if (tools.length === 0) return [...messages];
  const described = describeTools(tools);
  const [first, ...rest] = messages;
  return first?.role === 'system'
    ? [{ role: 'system', text: `${first.text}\n\n${described}` }, ...rest]
    : [{ role: 'system', text: described }, ...messages];
}

/** Turns calls and results into text of the assistant and of the user. */
export function callsInWords(messages: readonly ChatMessage[]): ChatMessage[] {
  const said: ChatMessage[] = [];
  for (const message of messages) {
    if (message.role === 'assistant' && message.toolCalls)
      said.push({ role: 'assistant', text: [message.text, ...message.toolCalls.map(callInWords)].join('\n').trim() });
    else if (message.role === 'tool')
      said.push({ role: 'user', text: `<tool_response>\n${message.text}\n</tool_response>` });
    else said.push(message);
  }
  return said;
}

const callInWords = ({ name, arguments: text }: ToolCall) =>
  `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": ${text.trim() || '{}'}}\n</tool_call>`;

const KNOWN_KEYWORDS = new Set(['type', 'description', 'properties', 'required', 'items', 'enum', 'nullable']);

/** A schema with keywords that every endpoint supports. The tool validates its arguments by the whole schema. */
export function simpleSchema(schema: unknown): Record<string, unknown> {
  if (typeof schema !== 'object' || schema === null) return {};
  const simple: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (!KNOWN_KEYWORDS.has(keyword)) continue;
    if (keyword === 'properties' && typeof value === 'object' && value !== null)
      simple.properties = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, simpleSchema(inner)]));
    else if (keyword === 'items') simple.items = simpleSchema(value);
    else
      simple[keyword] =
        keyword === 'type' && Array.isArray(value) ? (value.find((one) => one !== 'null') ?? 'string') : value;
  }
  return simple;
}
