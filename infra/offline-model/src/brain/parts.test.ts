import { describe, expect, it } from 'vitest';
import { countTokens, shorten, splitIntoTokens, splitSentences } from '../text.ts';
import { fillForm } from './form.ts';
import { composePoem, type PoemRequest } from './poem.ts';
import { readTranscript } from './summary.ts';
import { readToolResult } from './tools.ts';
import { understand } from './understanding/understand.ts';

const poemRequest = (sentence: string): PoemRequest | undefined => {
  const { intent } = understand(sentence);
  return intent.kind === 'poem' ? intent.poem : undefined;
};

describe('tokens', () => {
  it.each([
    '',
    ' ',
    'Hello, world!',
    '  two  spaces \n\n and lines ',
    '你好，世界',
    'مرحبا بالعالم',
    'naïve café — “quoted”',
    '👩‍👩‍👧 family 🇪🇺',
    '{"a":[1,2]}',
    '\u0301odd',
  ])('split and joined give the text back: %j', (text) => expect(splitIntoTokens(text).join('')).toBe(text));

  it('are of about the size of a real model’s', () => {
    const text = 'The shop is open Tuesday to Friday from 10:00 to 18:30 and Saturday from 9:00 to 16:00.';
    expect(countTokens(text)).toBeGreaterThan(text.length / 5);
    expect(countTokens(text)).toBeLessThan(text.length / 2);
    expect(countTokens('你好世界')).toBe(4);
  });
});

describe('filling a form by its schema', () => {
  const facts = {
    message: 'my lamp 77 broke',
    reason: 'Asked.',
    priority: 'high',
    mood: 'upset',
    summary: 'A long story about a lamp.',
    wants: 'a new lamp',
  } as const;
  const fill = (properties: Record<string, unknown>, required: string[] = Object.keys(properties)): unknown =>
    fillForm({ type: 'object', properties, required }, facts).value;

  it.each<[string, Record<string, unknown>, unknown]>([
    ['by name', { reason: { type: 'string' } }, { reason: 'Asked.' }],
    [
      'camel and snake case',
      { handoffReason: { type: 'string' }, transfer_reason: { type: 'string' } },
      { handoffReason: 'Asked.', transfer_reason: 'Asked.' },
    ],
    ['another enum', { urgency: { enum: ['urgent', 'normal'] } }, { urgency: 'urgent' }],
    ['a shorter text', { brief: { type: 'string', maxLength: 15 } }, { brief: 'A long story…' }],
    [
      'an object inside',
      {
        brief: {
          type: 'object',
          properties: { wants: { type: 'string' }, mood: { enum: ['calm', 'angry'] } },
          required: ['wants', 'mood'],
        },
      },
      { brief: { wants: 'a new lamp', mood: 'angry' } },
    ],
    ['null where allowed', { email: { type: ['string', 'null'] } }, { email: null }],
    ['a list', { open_issues: { type: 'array', items: { type: 'string' } } }, { open_issues: ['a new lamp'] }],
    ['a constant', { version: { const: 2 } }, { version: 2 }],
    ['a number', { count: { type: 'integer', minimum: 1, maximum: 10 } }, { count: 10 }],
    ['a nullable by anyOf', { style: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, { style: null }],
    ['an enum nothing is known of', { category: { enum: ['billing', 'other'] } }, { category: 'other' }],
  ])('%s', (_name, properties, expected) => expect(fill(properties)).toEqual(expected));

  it('picks the option of an enum that the message mentions, also where it need not', () => {
    const form = { type: 'object', properties: { why: { enum: ['safety risk', 'payment'] } } };
    const said = (message: string) => fillForm(form, { ...facts, message }).value;
    expect(said('My payment was taken twice!')).toEqual({ why: 'payment' });
    expect(said('It is a safety risk for us.')).toEqual({ why: 'safety risk' });
    expect(said('My lamp is broken.')).toEqual({});
  });

  it('leaves out what is optional and unknown', () => {
    expect(
      fill(
        {
          style: { type: 'string' },
          email: { type: 'string' },
          count: { type: 'number' },
          really: { type: 'boolean' },
        },
        [],
      ),
    ).toEqual({});
  });
});

describe('poems', () => {
  it.each([
    ['write me a poem about the sea', { topic: 'the sea' }],
    ['Could you write a short haiku about autumn leaves, please?', { topic: 'autumn leaves', style: 'haiku' }],
    ['a limerick about socks', { topic: 'socks', style: 'limerick' }],
    ['Please compose an ode to my teapot!', { topic: 'my teapot', style: 'ode' }],
    ['write a poem about code', { topic: 'code' }],
    ['Write a poem.\nTopic: the sea\nStyle: haiku', { topic: 'the sea', style: 'haiku' }],
    ['poem', { topic: 'light and leaves' }],
    ["I'd like a poem", { topic: 'light and leaves' }],
    ['Schreib mir ein Gedicht über den Herbst', { topic: 'den Herbst' }],
    ['写一首关于月亮的诗', undefined],
    ['do you sell poetry books?', undefined],
    ['my order', undefined],
  ])('%s', (sentence, expected) => {
    if (expected !== undefined) expect(poemRequest(sentence)).toEqual(expected);
    else if (/[诗]/.test(sentence)) expect(poemRequest(sentence)).toBeDefined();
    else expect(poemRequest(sentence)).toBeUndefined();
  });

  it('name their topic, keep their form, and leave no gap in the template', () => {
    for (const topic of ['the sea', 'rain', 'My cat', '$& and $1', 'Straße']) {
      for (const style of [undefined, 'haiku', 'limerick']) {
        const poem = composePoem({ topic, ...(style === undefined ? {} : { style }) });
        expect(poem.toLowerCase()).toContain(topic.toLowerCase());
        expect(poem).not.toMatch(/[{}]/);
        expect(poem.split('\n').filter((line) => line !== '')).toHaveLength(
          style === 'haiku' ? 3 : style === 'limerick' ? 5 : 12,
        );
      }
    }
    expect(composePoem({ topic: 'rain' })).not.toBe(composePoem({ topic: 'snow' }));
  });
});

describe('reading what comes from elsewhere', () => {
  it('takes a transcript apart, continued lines and marks included', () => {
    expect(readTranscript('[10:02] Customer: one\ntwo\n- **Bot**: three\nAgent Ada: four\n\nnothing: five')).toEqual([
      { speaker: 'customer', text: 'one two' },
      { speaker: 'assistant', text: 'three' },
      { speaker: 'agent', text: 'four nothing: five' },
    ]);
  });

  it.each([
    ['text', { failed: false, text: 'text' }],
    ['{"ok":true,"value":{"poem":"Roses"}}', { failed: false, text: 'Roses' }],
    ['{"ok":false,"code":"x","message":"no"}', { failed: true, text: 'no' }],
    ['[{"title":"T","text":"first"},{"text":"second"}]', { failed: false, text: 'first', heading: 'T' }],
    ['The tool does not work at the moment.', { failed: true }],
    ['The arguments do not fit: x', { failed: true }],
    ['{"results":[]}', { failed: false, text: undefined }],
    ['', { failed: false, text: undefined }],
    ['null', { failed: false, text: undefined }],
    ['42', { failed: false, text: '42' }],
  ])('a tool result %j', (raw, expected) => expect(readToolResult(raw)).toMatchObject(expected));

  it('splits sentences where they end, and shortens between words', () => {
    expect(splitSentences('It costs 4.90 at shop.example. Really? 你好！再见。\nNo mark')).toEqual([
      'It costs 4.90 at shop.example.',
      'Really?',
      '你好！',
      '再见。',
      'No mark',
    ]);
    expect(shorten('one two three four', 12)).toBe('one two…');
    expect(shorten('short', 12)).toBe('short');
  });
});
