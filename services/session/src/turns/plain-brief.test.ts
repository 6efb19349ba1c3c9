import { brief as schema } from '@baton/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainBrief } from './plain-brief.ts';

it('quotes the last messages, and the last one of the customer', () => {
  const brief = plainBrief([
    { sender: 'bot', content: 'How can I help?' },
    { sender: 'user', content: 'Where is my order?' },
    { sender: 'bot', content: 'Let me see.' },
  ]);
  expect(brief).toEqual({
    summary:
      'The assistant did not answer in time. Last messages:\nAssistant: How can I help?\nCustomer: Where is my order?\nAssistant: Let me see.',
    customerWants: 'Where is my order?',
  });
  expect(plainBrief([])).toBeNull();
});

it('fits the contract for arbitrary messages', () => {
  const content = fc.oneof(
    fc.string({ minLength: 1, unit: 'binary' }),
    fc.constantFrom('😀'.repeat(600), 'a😀'.repeat(9_000)),
  );
  const message = fc.record({ sender: fc.constantFrom('user' as const, 'bot' as const), content });
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 8 }), (messages) => {
      const storable = messages.map(({ sender, content }) => ({
        sender,
        content: content.replaceAll('\0', '') || 'x',
      }));
      expect(schema.safeParse(plainBrief(storable)).success).toBe(true);
    }),
  );
});
