import { type Answer, type ModelServer, startModelServer, type Vendor, vendors } from '@baton/testkit/model-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unlimitedAdmitter } from '../admission/admission.ts';
import { openAiModel } from './client-openai.ts';
import { streamCompletion } from './completion.ts';
import type { ChatMessage, Model, ModelEvent, ModelRequest, ToolSpec } from './model.ts';

/*
 * One table: every vendor's dialect × every shape that a chat can have × what must come of it. The endpoint is a fake
 * that refuses what the vendor refuses, in its words, and answers in its forms; see docs/models.md.
 */

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

const limits = { firstTokenMs: 5_000, idleMs: 2_000 };
const transfer: ToolSpec = {
  name: 'transfer_to_agent',
  description: 'Hand this chat over.',
  parameters: {
    type: 'object',
    properties: { reason: { type: 'string', minLength: 1 }, priority: { enum: ['high', 'low'] } },
    required: ['reason'],
    additionalProperties: false,
  },
};
const search: ToolSpec = {
  name: 'search_knowledge',
  description: 'Search.',
  parameters: { type: 'object', properties: { query: { type: 'string' } } },
};
const system: ChatMessage = { role: 'system', text: 'You are the assistant. RULES' };

const shapes: Record<string, readonly ChatMessage[]> = {
  'the first question': [system, { role: 'user', text: 'When do you open?' }],
  'a burst, after the greeting': [
    system,
    { role: 'assistant', text: 'GREETING' },
    { role: 'user', text: 'Hello' },
    { role: 'user', text: 'When do you' },
    { role: 'user', text: 'open?' },
  ],
  'a human was there, and notes stand between': [
    system,
    { role: 'system', text: 'Summary of the conversation so far: SUMMARY' },
    { role: 'assistant', text: 'GREETING' },
    { role: 'user', text: 'A human please' },
    { role: 'system', text: 'Note: NOTE-1' },
    { role: 'system', text: 'Note: NOTE-2' },
    { role: 'assistant', text: '[written by a human agent] BY-AGENT-1' },
    { role: 'assistant', text: '[written by a human agent] BY-AGENT-2' },
    { role: 'system', text: 'Note: NOTE-3' },
    { role: 'user', text: 'When do you open?' },
  ],
  'an answer was the last word': [system, { role: 'user', text: 'QUESTION' }, { role: 'assistant', text: 'LAST-WORD' }],
  'tools were called twice': [
    system,
    { role: 'user', text: 'When do you open?' },
    {
      role: 'assistant',
      text: '',
      toolCalls: [
        {
          id: 'call_0',
          name: 'search_knowledge',
          arguments: '{"query":"QUERY-1"}',
          opaque: { extra: { google: { thought_signature: 'a' } } },
        },
        { id: 'chatcmpl-tool-9f2c', name: 'search_knowledge', arguments: '{"query":"QUERY-2"}' },
      ],
    },
    { role: 'tool', toolCallId: 'call_0', text: 'RESULT-1' },
    { role: 'tool', toolCallId: 'chatcmpl-tool-9f2c', text: 'RESULT-2' },
    { role: 'assistant', text: 'LET-ME-SEE', toolCalls: [{ id: 'c3', name: 'search_knowledge', arguments: '{}' }] },
    { role: 'tool', toolCallId: 'c3', text: 'RESULT-3' },
  ],
};

const answers: Record<string, Answer> = {
  words: { text: 'We open at nine. Anything else? 😀' },
  'thoughts, then words': { thoughts: 'They ask for SECRET-THOUGHTS.', text: 'We open at nine.' },
  'a call': { calls: [{ name: 'transfer_to_agent', arguments: { reason: 'asks for a human', priority: 'high' } }] },
  'words and two calls': {
    text: 'One moment.',
    calls: [
      { name: 'search_knowledge', arguments: { query: 'one' } },
      { name: 'search_knowledge', arguments: { query: 'two' } },
    ],
  },
};

const extra = { temperature: 0.3, parallel_tool_calls: true, store: false };

async function ask(model: Model, request: ModelRequest) {
  const events: ModelEvent[] = [];
  for await (const event of streamCompletion(model, request, limits, unlimitedAdmitter(), new AbortController().signal))
    events.push(event);
  const finish = events.findLast((event) => event.type === 'finish');
  const drafts: string[] = [''];
  for (const event of events)
    if (event.type === 'text') drafts.push((event.afresh ? '' : (drafts.at(-1) ?? '')) + event.text);
  return { finish, drafts, words: (drafts.at(-1) ?? '').trim() };
}

/** All that the endpoint was told, in one text. */
const told = () =>
  JSON.stringify(server.requests.at(-1)?.messages ?? '')
    .replaceAll('\\"', '"')
    .replaceAll('\\\\', '\\');

describe.each(Object.keys(vendors) as Vendor[])('%s', (vendor) => {
  it.each(Object.keys(shapes))(
    '%s: is answered, nothing that was said is lost, and the next time at once',
    async (shape) => {
      server.speak(vendors[vendor]);
      const model = openAiModel({ apiKey: 'k', baseUrl: server.baseUrl, model: 'm', parameters: extra });
      const messages = shapes[shape] ?? [];
      for (const [what, answer] of Object.entries(answers)) {
        const before = server.requests.length;
        server.say(answer);
        const { words, drafts, finish } = await ask(model, { messages, tools: [transfer, search], maxTokens: 500 });
        expect(words, what).toBe(answer.text ?? '');
        for (const draft of drafts) expect(draft, what).not.toMatch(/SECRET|think|tool_call|TOOL_CALLS|\{|\ufffd/);
        expect(
          finish?.toolCalls.map((call) => ({ name: call.name, arguments: JSON.parse(call.arguments) as unknown })),
          what,
        ).toEqual(answer.calls ?? []);
        expect(new Set(finish?.toolCalls.map(({ id }) => id)).size).toBe(answer.calls?.length ?? 0);
        for (const { text } of messages) expect(told()).toContain(text);
        for (const word of ['QUERY-1', 'QUERY-2'])
          if (JSON.stringify(messages).includes(word)) expect(told()).toContain(word);
        // Learnt once: no refusal comes twice.
        if (before > 0) expect(server.requests.length - before, what).toBe(1);
      }
    },
  );
});
