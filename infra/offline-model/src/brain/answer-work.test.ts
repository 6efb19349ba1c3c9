import { describe, expect, it } from 'vitest';
import { chat, INSTRUCTIONS, knowledge, prompt, TRANSFER } from '../../test/prompts.ts';
import type { ChatMessage } from '../request/chat-request.ts';
import { answer } from './answer.ts';

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
