import { describe, expect, it } from 'vitest';
import { chat, INSTRUCTIONS, inShort, knowledge, POEM, prompt, SEARCH, TRANSFER } from '../../test/prompts.ts';
import type { ChatMessage, ToolSpec } from '../request/chat-request.ts';
import { answer } from './answer.ts';

/** The conversation after a tool was called and gave its result. */
function afterTool(question: string, name: string, result: unknown, callArguments = '{}'): ChatMessage[] {
  return [
    { role: 'system', text: INSTRUCTIONS },
    { role: 'user', text: question },
    { role: 'assistant', text: '', toolCalls: [{ id: 'call_1', name, arguments: callArguments }] },
    { role: 'tool', toolCallId: 'call_1', text: typeof result === 'string' ? result : JSON.stringify(result) },
  ];
}

describe('without tools nothing is called', () => {
  it.each([
    'I want a human',
    'This is ridiculous!',
    'write a poem about rain',
    'What is the capital of France?',
    'my lamp is smoking',
  ])('%s', (message) => {
    for (const offered of [chat([message], []), { ...chat([message]), toolChoice: 'none' as const }]) {
      const { text, toolCalls } = answer(offered, knowledge);
      expect(toolCalls).toEqual([]);
      expect(text).not.toBe('');
    }
  });
});

describe('tool_choice', () => {
  it('"required" always calls one', () => {
    const { toolCalls } = answer({ ...chat(['hello']), toolChoice: 'required' }, knowledge);
    expect(toolCalls).toHaveLength(1);
  });

  it('a named function is called once, then its result is used', () => {
    const choice = { name: 'write_poem' };
    expect(answer({ ...chat(['hello']), toolChoice: choice }, knowledge).toolCalls[0]?.name).toBe('write_poem');
    const after = prompt(afterTool('hello', 'write_poem', { ok: true, poem: 'Roses' }), [TRANSFER, POEM]);
    expect(answer({ ...after, toolChoice: choice }, knowledge)).toEqual({ text: 'Roses', toolCalls: [] });
  });
});

describe('after a tool', () => {
  it.each([
    ['Done', { ok: true }],
    ['Done', 'ok'],
    ['number 3 in line', { ok: true, value: { position: 3 } }],
    ['could not be reached', { ok: false, code: 'unavailable', message: 'x' }],
    ['could not be reached', 'Error: unavailable'],
  ])('a transfer tells: %s', (part, result) => {
    const said = answer(prompt(afterTool('a human please', 'transfer_to_agent', result), [TRANSFER]), knowledge);
    expect(said.toolCalls).toEqual([]);
    expect(said.text.replace('I have passed this on', 'Done: passed on')).toContain(part);
  });

  it('tells of a transfer in the customer’s language', () => {
    const said = answer(
      prompt(afterTool('Ich möchte mit einem Menschen sprechen', 'transfer_to_agent', { ok: true })),
      knowledge,
    );
    expect(said.text).toContain('Team');
  });

  it('prefers the search tool, one call a question, and answers from what it found', () => {
    const asked = answer(chat(['When are you open? How much is shipping?'], [TRANSFER, SEARCH]), knowledge);
    expect(asked.toolCalls.map((call) => JSON.parse(call.arguments))).toEqual([
      { query: 'When are you open?' },
      { query: 'How much is shipping?' },
    ]);
    const found = { results: [{ heading: 'Hours', text: 'We are open at night.', score: 3 }] };
    const messages = afterTool('When are you open?', 'search_knowledge', found, '{"query":"When are you open?"}');
    expect(answer(prompt(messages, [TRANSFER, SEARCH]), knowledge).text).toContain('We are open at night.');
  });

  it('takes the passage that answers out of several, by its heading, without comments', () => {
    const found = '## Shop › Hats\nWe have hats.\n\n## Shop › Hours\n<!-- closing time -->\nWe are there from nine.';
    const messages = afterTool('What is your closing time?', 'search_knowledge', found, '{"query":"closing time"}');
    expect(answer(prompt(messages, [SEARCH]), knowledge).text).toMatch(/“Hours”.* We are there from nine\.$/);
  });

  it('asks again, and hands nobody off, when the search found nothing for a remark', () => {
    const { text, toolCalls } = answer(
      prompt(afterTool('asdf', 'search_knowledge', 'Nothing found.'), [TRANSFER]),
      knowledge,
    );
    expect(toolCalls).toEqual([]);
    expect(text).toMatch(/question|another way/);
  });

  it('makes one call when parallel calls are off', () => {
    const one = { ...chat(['When are you open? How much is shipping?'], [SEARCH]), parallelToolCalls: false };
    expect(answer(one, knowledge).toolCalls).toHaveLength(1);
  });

  it.each([
    [{ results: [] }],
    ['No results.'],
    [{ results: [{ text: 'Bananas are yellow.' }, { text: 'Sell what you build.' }] }],
    [{ ok: false, code: 'down' }],
  ])('hands off when the search gave %j', (result) => {
    const messages = afterTool('do you sell bicycles?', 'search_knowledge', result);
    expect(inShort(answer(prompt(messages, [TRANSFER, SEARCH]), knowledge))).toBe('transfer_to_agent normal');
    expect(answer(prompt(messages), knowledge).toolCalls).toEqual([]);
  });
});

describe('a tool it has never seen', () => {
  const status: ToolSpec = {
    name: 'get_order_status',
    description: 'Tells where an order is.',
    parameters: { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] },
  };

  it('is called when its name is spoken of, with the number given', () => {
    const { toolCalls } = answer(chat(['what is the status of my order A-1234?'], [status]), knowledge);
    expect(toolCalls).toEqual([{ name: 'get_order_status', arguments: '{"order_id":"A-1234"}' }]);
  });

  it('is called after asking for what is missing', () => {
    const asked = answer(chat(['what is my order status?'], [status]), knowledge).text;
    expect(asked).toContain('order id');
    const { toolCalls } = answer(chat(['what is my order status?', asked, 'it is A-77'], [status]), knowledge);
    expect(toolCalls[0]?.arguments).toBe('{"order_id":"A-77"}');
  });

  it('has its result told', () => {
    const messages = afterTool('order status of 12?', 'get_order_status', {
      ok: true,
      value: { status: 'shipped', etaDays: 2 },
    });
    expect(answer(prompt(messages, [status]), knowledge).text).toBe(
      'Here is what I found: status: shipped; eta days: 2.',
    );
  });
});
