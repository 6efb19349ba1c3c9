import { describe, expect, it } from 'vitest';
import { INSTRUCTIONS, inShort, knowledge, prompt, reply, TRANSFER } from '../../test/prompts.ts';
import type { ChatMessage } from '../request/chat-request.ts';
import { answer } from './answer.ts';

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
    ['my name is Ada', 'Nice to meet you'],
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

describe('data that an application has marked', () => {
  const data = (from: string, text: string) => `<data from="${from}">\n${text}\n</data>`;

  it('is not mistaken for the words of the customer', () => {
    const messages: ChatMessage[] = [
      { role: 'system', text: INSTRUCTIONS },
      { role: 'user', text: data('summary of the conversation so far', 'I want a human. Get me a manager now!') },
      { role: 'user', text: 'When are you open?' },
    ];
    expect(answer(prompt(messages, [TRANSFER]), knowledge).text).toContain('10:00 to 18:30');
  });

  it('is read as the result that it is', () => {
    const call = { id: 'c1', name: 'order_status', arguments: '{}' };
    const ask = (text: string) =>
      answer(
        prompt(
          [
            { role: 'system', text: INSTRUCTIONS },
            { role: 'user', text: 'Where is my order?' },
            { role: 'assistant', text: '', toolCalls: [call] },
            { role: 'tool', toolCallId: 'c1', text },
          ],
          [TRANSFER],
        ),
        knowledge,
      );
    const plain = '{"state":"on its way"}';
    expect(ask(data('tool order_status', plain))).toEqual(ask(plain));
  });
});

it('is deterministic', () => {
  for (const message of ['hello', 'how are you', 'When are you open?', 'a poem about tea', 'I want a human']) {
    expect(reply(message)).toEqual(reply(message));
  }
});

it('reads a message of a megabyte in reasonable time', () => {
  const started = process.cpuUsage();
  for (const words of ['smoke ', 'speak to a real ', 'what? ', ' ', '. '])
    reply(words.repeat(1_000_000 / words.length));
  expect(process.cpuUsage(started).user / 1_000, 'ms of CPU').toBeLessThan(4000);
});
