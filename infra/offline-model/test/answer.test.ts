import { describe, expect, it } from 'vitest';
import { answer } from '../src/brain/answer.ts';
import type { ChatMessage, ToolSpec } from '../src/chat-request.ts';
import { chat, INSTRUCTIONS, inShort, knowledge, POEM, prompt, reply, SEARCH, TRANSFER } from './prompts.ts';

/** The conversation after a tool was called and gave its result. */
function afterTool(question: string, name: string, result: unknown, callArguments = '{}'): ChatMessage[] {
  return [
    { role: 'system', text: INSTRUCTIONS },
    { role: 'user', text: question },
    { role: 'assistant', text: '', toolCalls: [{ id: 'call_1', name, arguments: callArguments }] },
    { role: 'tool', toolCallId: 'call_1', text: typeof result === 'string' ? result : JSON.stringify(result) },
  ];
}

describe('small talk', () => {
  it.each([
    ['Hello!', 'offline model'],
    ['hi there', 'offline model'],
    ['Good morning', 'offline model'],
    ['Hello 🙂', 'offline model'],
    ['Hallo', 'Offline-Modell'],
    ['¡Hola!', 'modelo sin conexión'],
    ['Bonjour', 'modèle hors ligne'],
    ['مرحبا', 'باتون'],
    ['你好', '离线模型'],
    ['who are you?', 'not a person'],
    ['are you human?', 'not a person'],
    ['Are you ChatGPT?', 'rule-based'],
    ['what can you do?', 'opening hours'],
    ['help', 'opening hours'],
    ['my name is Ada', 'Nice to meet you, Ada'],
    ['do you speak German?', 'only a few words'],
    ['test', "I'm here"],
    ['vielen Dank', 'Gern'],
  ])('%s → … %s …', (message, part) => {
    const { text, toolCalls } = reply(message);
    expect(text).toContain(part);
    expect(toolCalls).toEqual([]);
  });

  it.each([
    ['how are you?', /rules/],
    ['Hi! How are you doing today?', /rules/],
    ['thanks!', /welcome|Glad|pleasure/],
    ['thank you so much', /welcome|Glad|pleasure/],
    ['thanks, bye', /Goodbye|See you|Bye/],
    ['ok', /Good|All right/],
    ['👍', /Good|All right/],
    ['tell me a joke', /fern|bulb/],
    ['never mind', /go on here/],
  ])('%s', (message, expected) => {
    expect(reply(message).text).toMatch(expected);
  });

  it('greets by introducing itself once, and briefly afterwards', () => {
    expect(reply('Hello').text).toContain('offline model');
    expect(reply('Hello', reply('Hello').text, 'hello again').text).not.toContain('offline model');
    expect(reply('Hello', 'Welcome! A greeting of the shop.', 'hello').text).toContain('offline model');
  });

  it('remembers the name it was told', () => {
    expect(reply('my name is Ada', 'Nice to meet you, Ada!', "what's my name?").text).toContain('Ada');
    expect(reply("what's my name?").text).toContain("haven't told me");
  });

  it('never promises a person by itself', () => {
    const said = [
      'hello',
      'who are you',
      'help',
      'thanks',
      'never mind',
      'asdf',
      'how are you',
      'do you speak French?',
    ];
    for (const message of said)
      expect(reply(message).text).not.toMatch(/I(?:'ll| will| am going to| can) (?:connect|transfer|get|pass|hand)/);
  });
});

describe('questions', () => {
  it('are answered in the words of the section', () => {
    expect(reply('When are you open on Saturday?').text).toContain('Saturday from 9:00 to 16:00');
  });

  it('of one burst are answered together', () => {
    const { text } = answer(
      prompt(
        [
          { role: 'user', text: 'Hi' },
          { role: 'user', text: 'when are you open?' },
          { role: 'user', text: 'And how much is shipping?' },
        ],
        [TRANSFER],
      ),
      knowledge,
    );
    expect(text).toContain('10:00 to 18:30');
    expect(text).toContain('€4.90');
  });

  it('are taken apart where two are put in one sentence', () => {
    const { text } = reply('How long does delivery take, and do you ship to Norway?');
    expect(text).toContain('2 to 4 working days');
    expect(text).toContain('Norway');
    expect(reply('How and when do you deliver?').text).not.toContain('I have nothing');
  });

  it('are understood with the remark before them, and as a follow-up', () => {
    expect(reply('We live in Norway. Do you ship there?').text).toContain('Norway');
    expect(reply('How much is shipping?', '€4.90', 'and to Norway?').text).toContain('€14');
  });

  it('without an answer go to a person with normal priority', () => {
    const call = reply('What is the capital of France?').toolCalls[0];
    expect(call?.name).toBe('transfer_to_agent');
    expect(JSON.parse(call?.arguments ?? '')).toEqual({
      reason: 'The assistant has no answer to: “What is the capital of France?”',
      priority: 'normal',
      summary: expect.stringContaining('capital of France'),
    });
  });

  it('leave the greeting out of the brief, and tell the mood', () => {
    const mood = {
      ...TRANSFER.parameters,
      properties: { mood: { enum: ['calm', 'upset', 'angry'] }, summary: { type: 'string' } },
    };
    const request = prompt(
      [
        { role: 'assistant', text: "Welcome! I'm the assistant of the shop.", toolCalls: [] },
        { role: 'user', text: 'I am furious, you charged me twice' },
      ],
      [{ ...TRANSFER, parameters: mood }],
    );
    const args: unknown = JSON.parse(answer(request, knowledge).toolCalls[0]?.arguments ?? '');
    expect(args).toMatchObject({ mood: 'upset', summary: 'The customer said: I am furious, you charged me twice.' });
  });

  it('that are half known are answered as far as possible', () => {
    const { text, toolCalls } = reply('When are you open? What is the capital of Peru?');
    expect(text).toContain('10:00 to 18:30');
    expect(text).toContain('“What is the capital of Peru?” I have nothing');
    expect(toolCalls).toEqual([]);
  });

  it('a remark that is not understood is asked about once, then goes to a person', () => {
    const first = reply('blub');
    expect(first.toolCalls).toEqual([]);
    expect(first.text).toMatch(/question|another way/);
    expect(inShort(reply('blub', first.text, 'blab'))).toBe('transfer_to_agent normal');
  });
});

describe('without tools nothing is called', () => {
  it.each([
    'I want a human',
    'This is ridiculous!',
    'write a poem about rain',
    'What is the capital of France?',
    'my lamp is smoking',
  ])('%s', (message) => {
    for (const offered of [chat([message], []), { ...chat([message]), toolChoice: { mode: 'none' as const } }]) {
      const { text, toolCalls } = answer(offered, knowledge);
      expect(toolCalls).toEqual([]);
      expect(text).not.toBe('');
    }
  });
});

describe('tool_choice', () => {
  it('"required" always calls one', () => {
    const { toolCalls } = answer({ ...chat(['hello']), toolChoice: { mode: 'required' } }, knowledge);
    expect(toolCalls).toHaveLength(1);
  });

  it('a named function is called once, then its result is used', () => {
    const choice = { mode: 'function' as const, name: 'write_poem' };
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

  it('asks again, and hands over nobody, when the search found nothing for a remark', () => {
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
  ])('hands over when the search gave %j', (result) => {
    const messages = afterTool('do you sell bicycles?', 'search_knowledge', result);
    expect(inShort(answer(prompt(messages, [TRANSFER, SEARCH]), knowledge))).toBe('transfer_to_agent normal');
    expect(answer(prompt(messages), knowledge).toolCalls).toEqual([]);
  });
});

describe('after control came back', () => {
  const note = (text: string): ChatMessage => ({ role: 'system', text: `Note: ${text}` });
  const before: ChatMessage[] = [
    { role: 'system', text: INSTRUCTIONS },
    { role: 'user', text: 'I want a human' },
    note('You handed the chat over; the customer was put in the queue.'),
    note('No human agent was available; the chat is yours again.'),
  ];

  it('the old wish for a person is not fulfilled a second time', () => {
    expect(answer(prompt(before, [TRANSFER]), knowledge)).toEqual({
      text: expect.stringContaining('We go on here'),
      toolCalls: [],
    });
  });

  it('new words are answered by themselves', () => {
    const asked = answer(prompt([...before, { role: 'user', text: 'When are you open?' }], [TRANSFER]), knowledge);
    expect(asked.text).toContain('10:00 to 18:30');
    expect(inShort(answer(prompt([...before, { role: 'user', text: 'a human, please' }], [TRANSFER]), knowledge))).toBe(
      'transfer_to_agent normal',
    );
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

describe('work the application asks for', () => {
  it.each([
    ['no customer message', prompt([{ role: 'system', text: INSTRUCTIONS }], [TRANSFER])],
    [
      'an instruction at the end',
      prompt([
        { role: 'system', text: INSTRUCTIONS },
        { role: 'developer', text: 'Greet the customer.' },
      ]),
    ],
    ['a user message', prompt([{ role: 'user', text: 'Greet the customer in one sentence.' }])],
  ])('greets: %s', (_name, request) => {
    expect(answer(request, knowledge).text).toMatch(/^Hello! I'm Baton's offline model/);
  });

  it('greets by name and in the language it is told', () => {
    const text = 'Greet the customer. The customer’s name is Ada.';
    expect(answer(prompt([{ role: 'system', text }]), knowledge).text).toMatch(/^Hello, Ada!/);
    expect(answer(prompt([{ role: 'system', text: 'Greet the customer in German.' }]), knowledge).text).toMatch(
      /^Hallo!/,
    );
  });

  it('does not take a chat’s instructions for work', () => {
    const { text } = answer(chat(['When are you open?'], []), knowledge);
    expect(text).toContain('10:00 to 18:30');
  });

  it('writes the poem a nested request asks for, the same one each time', () => {
    const nested = prompt([
      { role: 'system', text: 'You are a poet. Write a short poem.' },
      { role: 'user', text: 'Write a poem about the northern lights.' },
    ]);
    const first = answer(nested, knowledge);
    expect(first.text).toContain('the northern lights');
    expect(first.text.split('\n').length).toBeGreaterThanOrEqual(4);
    expect(answer(nested, knowledge)).toEqual(first);
  });

  it('summarises a transcript by its telling sentences', () => {
    const transcript = [
      'Customer: Hi!',
      'Bot: Hello! How can I help?',
      'Customer: My lamp Heron from order 48213 arrived with a broken shade.',
      'Bot: Please take two photos.',
      'Customer: ok',
      'Customer: I sent the photos to support@example.com yesterday. Will I get a new shade before Friday?',
    ].join('\n');
    const { text } = answer(
      prompt([
        { role: 'system', text: 'Summarise the conversation for the agent who takes over.' },
        { role: 'user', text: transcript },
      ]),
      knowledge,
    );
    expect(text).toContain('48213');
    expect(text).toContain('before Friday?');
    expect(text).not.toContain('Hi!');
  });

  it('summarises real messages when the request comes last, and keeps to the budget', () => {
    const said: ChatMessage[] = Array.from({ length: 60 }, (_, index) =>
      index % 2 === 0
        ? { role: 'user', text: `Question number ${index}: what about lamp model ${index}00?` }
        : { role: 'assistant', text: `Lamp model ${index}00 is fine.`, toolCalls: [] },
    );
    const { text } = answer(
      prompt([...said, { role: 'user', text: 'Summarise the conversation so far.' }]),
      knowledge,
      60,
    );
    expect(text).toContain('The customer asked: Question number');
    expect(text).not.toContain('Summarise');
    expect(text.length).toBeLessThan(400);
  });

  it('keeps what is new beside an earlier summary, however long that is', () => {
    const before = Array.from(
      { length: 30 },
      (_, index) => `The customer asked: what is the price of lamp number ${index}00?`,
    ).join(' ');
    const messages: ChatMessage[] = [
      { role: 'system', text: 'Summarise this part of a customer chat for the assistant who goes on with it.' },
      { role: 'user', text: `Summary so far: ${before}\nCustomer: My parcel to Oslo is lost.\nAssistant: I am sorry.` },
    ];
    const { text } = answer(prompt(messages), knowledge, 400);
    expect(text).toContain('My parcel to Oslo is lost.');
    expect(text).toContain('The customer asked: what is the price');
  });

  it('fills a JSON schema when one is asked for', () => {
    const request = {
      ...prompt([
        { role: 'system', text: 'Summarise the conversation as JSON.' },
        { role: 'user', text: 'Customer: Where is my order 991?\nBot: I do not know.' },
      ]),
      jsonSchema: {
        type: 'object',
        properties: { summary: { type: 'string' }, urgent: { type: 'boolean' } },
        required: ['summary', 'urgent'],
      },
    };
    expect(JSON.parse(answer(request, knowledge).text)).toEqual({
      summary: expect.stringContaining('991'),
      urgent: false,
    });
  });
});

it('is deterministic', () => {
  for (const message of ['hello', 'how are you', 'When are you open?', 'a poem about tea', 'I want a human']) {
    expect(reply(message)).toEqual(reply(message));
  }
});

it('reads a message of a megabyte in reasonable time', () => {
  const started = performance.now();
  for (const words of ['smoke ', 'speak to a real ', 'what? ', ' ', '. '])
    reply(words.repeat(1_000_000 / words.length));
  expect(performance.now() - started).toBeLessThan(4000);
});
