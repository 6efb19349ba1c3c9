import { expect, it } from 'vitest';
import { customerName } from '../src/customer/customer-name.ts';

const named = (userId: string, metadata: Record<string, unknown> = {}) => customerName({ userId, metadata });

it('calls a customer by the name that the page gave, else by the id', () => {
  expect(named('u-1', { name: ' Mira Okafor ' })).toBe('Mira Okafor');
  expect(named('u-1', { name: '' })).toBe('u-1');
  expect(named('u-1', { name: { first: 'Mira' } })).toBe('u-1');
  expect(named('mira@example.com')).toBe('mira@example.com');
  expect(named('x', { name: 'a'.repeat(500) })).toHaveLength(80);
});

it('shortens what is nothing but random', () => {
  expect(named('7c1f2b54-90a1-4a87-9c2e-1f6d3b0e8a41')).toBe('Visitor 8a41');
  expect(named('guest-7c1f2b54-90a1-4a87-9c2e-1f6d3b0e8a41')).toBe('Guest 8a41');
  expect(named('guest-4711')).toBe('guest-4711');
});
