import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../model.ts';
import { inStrictOrder } from './message-order.ts';

/**
 * Whether a template that demands everything would take it. Calls and their results are one step of the assistant.
 */
function isInOrder(messages: readonly ChatMessage[]): boolean {
  const turns = messages[0]?.role === 'system' ? messages.slice(1) : messages;
  let expected: 'user' | 'assistant' = 'user';
  for (const [position, message] of turns.entries()) {
    if (message.role === 'system') return false;
    if (message.role === 'tool') {
      const before = turns[position - 1];
      if (before?.role !== 'tool' && !(before?.role === 'assistant' && before.toolCalls)) return false;
      // The assistant goes on, or is asked something else.
      continue;
    }
    const afterTool = turns[position - 1]?.role === 'tool';
    if (message.role !== expected && !afterTool) return false;
    expected = message.role === 'user' ? 'assistant' : 'user';
  }
  return turns[0]?.role === 'user' && turns.at(-1)?.role !== 'assistant';
}

const said = fc.nat(999).map((n) => `SAID-${n}`);
const plain = fc.oneof(
  fc.record({ role: fc.constant('system' as const), text: said }),
  fc.record({ role: fc.constant('user' as const), text: said }),
  fc.record({ role: fc.constant('assistant' as const), text: fc.oneof(said, fc.constant('')) }),
);
/** As they come: a call is always followed by its results. */
const called = fc.tuple(said, fc.integer({ min: 1, max: 3 })).map(([text, calls]): ChatMessage[] => [
  {
    role: 'assistant',
    text,
    toolCalls: Array.from({ length: calls }, (_, n) => ({ id: `c${n}`, name: 'one', arguments: '{}' })),
  },
  ...Array.from({ length: calls }, (_, n): ChatMessage => ({ role: 'tool', toolCallId: `c${n}`, text: `RESULT-${n}` })),
]);
const conversation = fc
  .array(fc.oneof({ weight: 5, arbitrary: plain.map((one): ChatMessage[] => [one]) }, called), { maxLength: 12 })
  .map((parts) => parts.flat());

describe('messages in strict order', () => {
  it.each([true, false])(
    'in every shape that a chat can have, and nothing that was said is lost (a system message: %s)',
    (withSystem) => {
      fc.assert(
        fc.property(conversation, (messages) => {
          const ordered = inStrictOrder(messages, withSystem);
          expect(isInOrder(ordered)).toBe(true);
          expect(ordered.filter(({ role }) => role === 'system').length).toBeLessThanOrEqual(withSystem ? 1 : 0);
          const words = (of: readonly ChatMessage[]) =>
            of.flatMap(({ text }) => text.match(/(?:SAID|RESULT)-\d+/g) ?? []);
          expect(words(ordered)).toEqual(words(messages));
          const calls = (of: readonly ChatMessage[]) =>
            of.flatMap((one) => (one.role === 'assistant' ? (one.toolCalls ?? []) : []));
          expect(calls(ordered)).toEqual(calls(messages));
        }),
        { numRuns: 1_000 },
      );
    },
  );
});
