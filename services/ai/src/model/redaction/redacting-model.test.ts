import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Model, ModelEvent, ModelRequest } from '../model.ts';
import { type RedactionKind, redactionKinds } from './kinds.ts';
import { createPlaceholders } from './placeholders.ts';
import { redactingModel } from './redacting-model.ts';
import { createStreamRestorer } from './restore-stream.ts';

const all: ReadonlySet<RedactionKind> = new Set(redactionKinds);
const hide = (text: string, kinds: ReadonlySet<RedactionKind> = all) => createPlaceholders(kinds).hide(text);

describe('[S9] what is private is replaced', () => {
  it.each<[string, string]>([
    ['I am ada@example.com, not bob.b+x@mail.example.co.uk.', 'I am [email 1], not [email 2].'],
    ['<ada@example.com> "ada@example.com" ADA@EXAMPLE.COM', '<[email 1]> "[email 1]" [email 2]'],
    ['müller@bücher.example und (x@y.info)', '[email 1] und ([email 2])'],
    ['call +49 30 1234567 or 0049 30 1234567', 'call [phone 1] or [phone 2]'],
    ['(030) 123 45 67, 030/1234567, 0171-1234567', '[phone 1], [phone 2], [phone 3]'],
    ['555-123-4567 or (555) 123-4567 or 1 555 123 4567', '[phone 1] or [phone 2] or [phone 3]'],
    ['06 12 34 56 78', '[phone 1]'],
    ['030 / 1234567, (030) / 123 4567, 030 - 12345-67', '[phone 1], [phone 2], [phone 3]'],
    ['4111 - 1111 - 1111 - 1111', '[card 1]'],
    ['pay with 4111 1111 1111 1111, or 4111111111111111', 'pay with [card 1], or [card 2]'],
    ['3782-822463-10005 and 5500.0000.0000.0004', '[card 1] and [card 2]'],
    ['my IBAN: DE89 3704 0044 0532 0130 00 thanks', 'my IBAN: [iban 1] thanks'],
    ['GB82WEST12345698765432, nl91 abna 0417 1643 00', '[iban 1], [iban 2]'],
    ['key sk-proj-abc123def456ghi789 leaked', 'key [key 1] leaked'],
    ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer [key 1].[key 2]'],
    ['"authorization": "bearer opensesame"', '"authorization": "bearer [key 1]"'],
    ['with bearer abcdefghijklmnop or bearer a1b2c3', 'with bearer [key 1] or bearer [key 2]'],
    ['ghp_16C7e42F292c6912E7710c838347Ae178B4a', '[key 1]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmN', '[key 1].[key 2].[key 3]'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- ok', '[key 1] ok'],
    ['{"text":"Contact:\\nada@example.com\\n030 1234567"}', '{"text":"Contact:\\n[email 1]\\n[phone 1]"}'],
    ['+49 30 123456 4111 1111 1111 1111', '[phone 1] [card 1]'],
  ])('%s', (text, hidden) => expect(hide(text)).toBe(hidden));

  it.each([
    'on 01.12.2026 or 2026-12-01, at 09:30, from 10.1. to 12.1.2027',
    'from 01.02. - 03.04.2026, 01.02 / 03.04 / 05.06.2026, on 01 / 12 / 2026',
    'open 09.00 - 12.30 / 14.00 - 18.00',
    'the bearer of this letter, bearer bonds. Bearer shares',
    'order 4512345678, ORD-0301234567, #00123456789, invoice 2026/0001234',
    'it costs 1,299.00 or 0.50, for 1 000 000 people',
    '4111 1111 1111 1112 has no check digit, DE89 3704 4044 1532 1130 13 neither',
    'https://shop.example/products/Some-Long-Name-2024-Edition-Blue-XL',
    '3f2b9c1e-7d4a-4f0e-9a55-0d6c1b2a3f4e',
    'a@b, @ada, 5 @ 3.20, me@localhost',
    'key-performance-indicators and internationalisation',
  ])('%s stays', (text) => expect(hide(text)).toBe(text));

  it('only of the kinds that are set', () => {
    const text = 'ada@example.com, 030 1234567';
    expect(hide(text, new Set(['phone']))).toBe('ada@example.com, [phone 1]');
    expect(hide(text, new Set())).toBe(text);
  });

  it('what is written like a placeholder gets one of its own', () => {
    const placeholders = createPlaceholders(all);
    const text = 'I am ada@example.com. Who is [email 1]?';
    expect(placeholders.hide(text)).toBe('I am [email 1]. Who is [email 2]?');
    expect(placeholders.restore('You are [email 1], and [email 2], not [email 3]')).toBe(
      'You are ada@example.com, and [email 1], not [email 3]',
    );
  });
});

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const luhn = (start: string) => {
  for (const last of '0123456789') {
    const sum = [...(start + last)]
      .reverse()
      .reduce(
        (total, sign, index) =>
          total + [...String(Number(sign) * (index % 2 ? 2 : 1))].reduce((one, digit) => one + Number(digit), 0),
        0,
      );
    if (sum % 10 === 0) return start + last;
  }
  throw new Error('unreachable');
};
const ibanOf = (country: string, bban: string) => {
  const numbers = [...`${bban}${country}00`].map((sign) => Number.parseInt(sign, 36)).join('');
  return `${country}${String(98n - (BigInt(numbers) % 97n)).padStart(2, '0')}${bban}`;
};
const fours = (text: string) => text.replace(/(.{4})(?=.)/g, '$1 ');
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/);
const secrets = {
  email: fc.tuple(word, word, fc.constantFrom('com', 'de', 'co.uk')).map(([who, at, end]) => `${who}@${at}.${end}`),
  phone: fc.tuple(fc.constantFrom('+49 ', '+1-', '0049'), digits(8)).map(([start, rest]) => start + rest),
  card: fc.tuple(digits(14), fc.boolean()).map(([rest, inGroups]) => (inGroups ? fours : String)(luhn(`4${rest}`))),
  iban: fc.tuple(digits(18), fc.boolean()).map(([bban, inGroups]) => (inGroups ? fours : String)(ibanOf('DE', bban))),
  key: digits(24).map((rest) => `sk-live-${rest}`),
};
const secret = fc.oneof(...Object.values(secrets));
/** Text of any kind around secrets, with what people write beside them. */
const around = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('[email 1]', '[card', ' [ ', '\\n', '"', ' 4111 ', '@', '+49', '-----BEGIN PRIVATE KEY-----'),
);
const texts = fc
  .array(fc.tuple(around, secret, fc.constantFrom(' ', ', ', '\n', '" ', ')', '; ')), { maxLength: 5 })
  .map((parts) => ({
    text: parts.map(([before, hidden, after]) => `${before} (${hidden}${after}`).join(''),
    hidden: parts.map(([, one]) => one),
  }));

describe('[S9] for any text', () => {
  it('restoring gives the text again', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          texts.map(({ text }) => text),
        ),
        (text) => {
          const placeholders = createPlaceholders(all);
          expect(placeholders.restore(placeholders.hide(text))).toBe(text);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('nothing private remains', () => {
    fc.assert(
      fc.property(texts, ({ text, hidden }) => {
        const shown = hide(text);
        for (const one of hidden) expect(shown).not.toContain(one);
      }),
      { numRuns: 2_000 },
    );
  });

  it('it may be cut anywhere', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(40)), ({ text }, lengths) => {
        const placeholders = createPlaceholders(all);
        const hidden = placeholders.hide(text);
        const restorer = createStreamRestorer(placeholders);
        let shown = '';
        let at = 0;
        for (const length of [...lengths, hidden.length]) {
          shown += restorer.push(hidden.slice(at, at + length));
          at += length;
        }
        expect(shown + restorer.end()).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

it('[S9] takes time in proportion to the text, whatever it repeats', { timeout: 60_000 }, () => {
  const pieces = [
    '@',
    'a@',
    'a@b.',
    'a.a@a.a',
    '0',
    '01 ',
    '030 ',
    '+49',
    '4111 ',
    '41111111111111111111',
    '(1)',
    '1-',
  ];
  const more = [
    'DE89',
    'DE89 ',
    'MT84 MALT ',
    'GB82 WEST ',
    'sk-1',
    'eyJ0.',
    'aA1',
    'bearer ',
    'authorization: bearer a',
    '01.02 - ',
    '[',
    '[email ',
    '[email 1]',
    '-----BEGIN PRIVATE KEY',
    '-----BEGIN PRIVATE KEY-----',
    '\\n',
    'a-',
    '.',
  ];
  for (const piece of [...pieces, ...more]) {
    const text = piece.repeat(Math.ceil(16_384 / piece.length));
    // Of this thread: tests of other files run in the same process. In proportion it is 1 to 2 ms, else a second.
    const perText = () => {
      const before = process.threadCpuUsage();
      for (let times = 0; times < 5; times++) hide(text);
      return process.threadCpuUsage(before).user / 5_000;
    };
    // The first compiles the code, and what others do on the processor only adds.
    const ms = Math.min(perText(), perText(), perText());
    expect(ms, `ms of CPU for ${JSON.stringify(piece)}`).toBeLessThan(5);
  }
});

describe('[S9] a model that is asked', () => {
  const request: ModelRequest = {
    messages: [
      { role: 'system', text: 'You are Ada of help@shop.example.' },
      { role: 'user', text: 'I am ada@example.com' },
      {
        role: 'assistant',
        text: '',
        toolCalls: [
          {
            id: '1',
            name: 'find',
            arguments: '{"mail":"ada@example.com","card":4111111111111111,"of":{"bob@example.com":1}}',
          },
        ],
      },
      { role: 'tool', toolCallId: '1', text: '{"phone":"030 1234567"}' },
    ],
    maxTokens: 10,
  };
  const asked = async (events: readonly ModelEvent[], given = request) => {
    const requests: ModelRequest[] = [];
    const inner: Model = {
      name: 'm',
      describe: () => ({ model: 'm', provider: '', endpoint: '', can: {}, notes: [] }),
      check: async () => 'listed',
      async *stream(one) {
        requests.push(one);
        yield* events;
      },
    };
    const told: ModelEvent[] = [];
    for await (const event of redactingModel(inner, all).stream(given, new AbortController().signal)) told.push(event);
    return { told, sent: requests[0] };
  };

  it('is shown placeholders, and how to use them', async () => {
    const { sent } = await asked([]);
    expect(sent?.messages).toMatchObject([
      { role: 'system', text: expect.stringMatching(/^You are Ada of \[email 1\]\.\n\nValues in square brackets/) },
      { text: 'I am [email 2]' },
      {
        toolCalls: [
          { id: '1', name: 'find', arguments: '{"mail":"[email 2]","card":"[card 1]","of":{"[email 3]":1}}' },
        ],
      },
      { text: '{"phone":"[phone 1]"}' },
    ]);
    expect(JSON.stringify(sent)).not.toMatch(/example|4111|1234567/);
  });

  it('answers with the values, in pieces and in calls', async () => {
    const call = { id: '2', name: 'find', arguments: '{"mail":"[email 2]","note":"[Phone 1] [email 9]"}' };
    const { told } = await asked([
      { type: 'text', text: 'Dear [em' },
      { type: 'text', text: 'ail 2' },
      { type: 'text', text: '], see [1] and [email' },
      { type: 'finish', reason: 'tool_calls', toolCalls: [call] },
    ]);
    expect(told).toEqual([
      { type: 'text', text: 'Dear ' },
      { type: 'progress' },
      { type: 'text', text: 'ada@example.com, see [1] and ' },
      { type: 'text', text: '[email' },
      {
        type: 'finish',
        reason: 'tool_calls',
        toolCalls: [{ ...call, arguments: '{"mail":"ada@example.com","note":"030 1234567 [email 9]"}' }],
      },
    ]);
  });

  it('a text that begins afresh drops what was held back', async () => {
    const { told } = await asked([
      { type: 'text', text: 'a [email' },
      { type: 'text', text: 'b', afresh: true },
    ]);
    expect(told).toEqual([
      { type: 'text', text: 'a ' },
      { type: 'text', text: 'b', afresh: true },
    ]);
  });

  it('is asked with the same request when there is nothing to replace', async () => {
    const plain: ModelRequest = { messages: [{ role: 'user', text: 'Hello' }], maxTokens: 10 };
    expect((await asked([], plain)).sent).toBe(plain);
  });
});
