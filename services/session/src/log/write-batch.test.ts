import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PendingMessage } from './append-request.ts';
import { rounds } from './write-batch.ts';

const message = fc.record({
  id: fc.uuid(),
  sessionId: fc.constantFrom('s1', 's2', 's3'),
  sender: fc.constantFrom('user' as const, 'bot' as const, 'agent' as const),
  agentId: fc.constant(null),
  epoch: fc.constant(null),
  clientMessageId: fc.constantFrom(null, 'a', 'b', 'c'),
  content: fc.string({ maxLength: 50 }),
  inReplyTo: fc.constantFrom(null, 1, 2),
  metadata: fc.constant({}),
});

const identities = ({ sessionId, sender, clientMessageId, inReplyTo }: PendingMessage) => [
  ...(clientMessageId === null ? [] : [`${sessionId} ${sender} ${clientMessageId}`]),
  ...(sender === 'bot' && inReplyTo !== null ? [`${sessionId} answers`] : []),
];

it('has every message once, in the order of its session, no identity twice in a round, and no round too large', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 60 }), fc.integer({ min: 1, max: 5_000 }), (items, maxWeight) => {
      const parts = rounds(items, maxWeight);
      const written = parts.flat();
      expect(written.map(({ index }) => index).toSorted((x, y) => x - y)).toEqual(items.map((_, index) => index));
      for (const { item, index } of written) expect(items[index]).toBe(item);
      for (const session of ['s1', 's2', 's3']) {
        const order = written.filter(({ item }) => item.sessionId === session).map(({ index }) => index);
        expect(order).toEqual(order.toSorted((x, y) => x - y));
      }
      for (const part of parts) {
        const all = part.flatMap(({ item }) => identities(item));
        expect(new Set(all).size).toBe(all.length);
        const weight = part.reduce((sum, { item }) => sum + item.content.length + 256, 0);
        expect(part.length === 1 || weight <= maxWeight).toBe(true);
      }
    }),
  );
});

it('is one round without conflicts', () => {
  const base = { sender: 'user', agentId: null, epoch: null, content: 'x', inReplyTo: null, metadata: {} } as const;
  const items = Array.from({ length: 100 }, (_, n) => ({
    ...base,
    id: `${n}`,
    sessionId: `s${n % 7}`,
    clientMessageId: `c${n}`,
  }));
  expect(rounds(items)).toHaveLength(1);
  expect(rounds([])).toEqual([]);
});
