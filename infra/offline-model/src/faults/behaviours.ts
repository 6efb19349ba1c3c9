import { readConversation } from '../brain/conversation.ts';
import { fillForm } from '../brain/form.ts';
import { type Reply, say } from '../brain/reply.ts';
import { openToolbox } from '../brain/tools.ts';
import { ApiError, serverError } from '../http/api-error.ts';
import type { Prompt, ToolSpec } from '../request/chat-request.ts';

/** One way of misbehaving on purpose. What is left out goes as usual. */
export interface Behaviour {
  /** For the README's table and the list of models. */
  readonly does: string;
  /** Set when the name ends in a number, as in `slow-first-token-5000`. */
  readonly parameter?: string;
  /** Refuses instead of answering. */
  readonly refuse?: (parameter: number) => ApiError;
  /** What happens before any header is sent: nothing at all until the client leaves, or a closed connection. */
  readonly beforeHeaders?: 'hang' | 'reset';
  readonly firstTokenMs?: (parameter: number) => number;
  readonly msPerToken?: (parameter: number) => number;
  /** Changes what is said. */
  readonly reply?: (prompt: Prompt, usual: Reply) => Reply;
  /** What happens after half of the reply. */
  readonly midStream?: 'stall' | 'cut' | 'end' | 'error';
  readonly finishReason?: 'length' | 'content_filter';
  /** The reply never ends. */
  readonly endless?: true;
}

const PROMISE = "I'm sorry about that. I'll connect you with one of our human agents right away, please hold on!";

/** Every behaviour by name: the only way to make the offline model fail. The README shows this table. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'slow-first-token': {
    does: 'sends headers at once and its first token after so many milliseconds',
    parameter: 'ms',
    firstTokenMs: (ms) => ms,
  },
  'slow-tokens': { does: 'needs so many milliseconds for every token', parameter: 'ms', msPerToken: (ms) => ms },
  hang: { does: 'accepts the request and never sends a byte', beforeHeaders: 'hang' },
  reset: { does: 'closes the connection instead of answering', beforeHeaders: 'reset' },
  error: {
    does: 'answers with this HTTP status and an error body',
    parameter: 'status',
    refuse: (status) => serverError(status >= 400 && status <= 599 ? status : 500),
  },
  'rate-limited': {
    does: 'answers 429 with retry-after: 1',
    refuse: () =>
      new ApiError(429, 'Rate limit reached for requests. Please try again in 1s.', {
        type: 'requests',
        code: 'rate_limit_exceeded',
        headers: { 'retry-after': '1' },
      }),
  },
  'out-of-quota': {
    does: 'answers 429 with the code insufficient_quota, which no retry cures',
    refuse: () =>
      new ApiError(429, 'You exceeded your current quota, please check your plan and billing details.', {
        type: 'insufficient_quota',
        code: 'insufficient_quota',
      }),
  },
  'stall-mid-stream': {
    does: 'sends half of the reply, then nothing more, and keeps the connection open',
    midStream: 'stall',
  },
  'cut-mid-stream': { does: 'sends half of the reply and breaks the connection', midStream: 'cut' },
  'end-mid-stream': {
    does: 'sends half of the reply and ends the response in good order, without finish_reason and [DONE]',
    midStream: 'end',
  },
  'error-mid-stream': { does: 'sends half of the reply, then an error event', midStream: 'error' },
  empty: { does: 'finishes with "stop" and no text', reply: () => say('') },
  length: { does: 'says half of the reply and finishes with "length"', reply: halve, finishReason: 'length' },
  'content-filter': {
    does: 'says nothing and finishes with "content_filter"',
    reply: () => say(''),
    finishReason: 'content_filter',
  },
  babble: { does: 'goes on talking until max_tokens or until the client leaves', endless: true },
  echo: { does: "repeats the customer's words and calls no tool", reply: echo },
  'promises-human-without-tool': { does: 'says that a person is coming, and calls no tool', reply: () => say(PROMISE) },
  'garbage-tool-call': {
    does: 'calls a tool with arguments that are not JSON',
    reply: withTool(({ name }) => [{ name, arguments: '{"reason": "the customer wants to' }]),
  },
  'invalid-tool-arguments': {
    does: 'calls a tool with JSON that does not fit its schema',
    reply: withTool(({ name }) => [{ name, arguments: '{"reason": 42, "priority": "yesterday", "topic": null}' }]),
  },
  'unknown-tool': {
    does: 'calls a tool that was not offered',
    reply: withTool(() => [{ name: 'open_pod_bay_doors', arguments: '{}' }]),
  },
  'tool-and-text': {
    does: 'says something and calls a tool in the same reply',
    reply: withTool((tool, prompt) => [call(tool, prompt)], { text: 'One moment, let me see.', once: true }),
  },
  'two-tool-calls': {
    does: 'calls the same tool twice in one reply',
    reply: withTool((tool, prompt) => [call(tool, prompt), call(tool, prompt)], { once: true }),
  },
  'tool-loop': {
    does: 'answers every tool result with another call, and never comes to an end',
    reply: withTool((tool, prompt) => [call(tool, prompt)], { avoidTransfer: true }),
  },
};

export const DEFAULT_MODEL = 'baton-offline';
export const FAULT_PREFIX = 'offline/';

export interface ChosenBehaviour {
  /** As it was asked for: `slow-first-token-5000`; `usual` for none. */
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly parameter: number;
}

export const USUAL: ChosenBehaviour = { name: 'usual', behaviour: { does: 'answers as well as it can' }, parameter: 0 };

/** Finds a behaviour by its name, with its number where it has one; undefined when there is none of that name. */
export function findBehaviour(name: string): ChosenBehaviour | undefined {
  if (name === USUAL.name) return USUAL;
  const [, stem = name, digits] = /^(.+)-(\d{1,7})$/.exec(name) ?? [];
  const behaviour = Object.hasOwn(BEHAVIOURS, stem) ? BEHAVIOURS[stem] : undefined;
  if (behaviour === undefined || (behaviour.parameter === undefined) !== (digits === undefined)) return undefined;
  return { name, behaviour, parameter: Number(digits ?? 0) };
}

/** Endless text, a word at a time. */
export function* babble(): Generator<string> {
  const words = [
    'and',
    ' so',
    ' the',
    ' lamp',
    ' said',
    ' to',
    ' the',
    ' fern',
    ' that',
    ' light',
    ' is',
    ' only',
    ' calm',
    ',',
  ];
  for (;;) yield* words.map((word, index) => (index === 0 ? ` ${word}` : word));
}

function halve(_prompt: Prompt, usual: Reply): Reply {
  return say(usual.text.slice(0, Math.ceil(usual.text.length / 2)), usual.toolCalls);
}

function echo(prompt: Prompt): Reply {
  const { burst } = readConversation(prompt.messages);
  return say(burst.length === 0 ? 'Hello!' : `You said: ${burst.join(' ')}`);
}

/** A reply that calls a tool, the transfer tool first; a request that offers none is answered as usual. */
function withTool(
  calls: (tool: ToolSpec, prompt: Prompt) => Reply['toolCalls'],
  { text = '', once = false, avoidTransfer = false } = {},
): NonNullable<Behaviour['reply']> {
  return (prompt, usual) => {
    const { transfer, search, poem, others } = openToolbox(prompt);
    const order = avoidTransfer ? [search, others[0], poem, transfer] : [transfer, search, poem, others[0]];
    const tool = order.find((candidate) => candidate !== undefined);
    if (tool === undefined || (once && prompt.messages.at(-1)?.role === 'tool')) return usual;
    return say(text, calls(tool, prompt));
  };
}

function call(tool: ToolSpec, prompt: Prompt): Reply['toolCalls'][number] {
  const message = readConversation(prompt.messages).burst.join('\n');
  const facts = { message, reason: 'Fault injection.', priority: 'normal' as const, summary: message, topic: 'loops' };
  return { name: tool.name, arguments: JSON.stringify(fillForm(tool.parameters, facts).value) };
}
