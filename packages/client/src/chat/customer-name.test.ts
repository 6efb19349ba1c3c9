import { expect, it } from 'vitest';
import { customerName, nameToAddress } from './customer-name.ts';

const of = (userId: string, metadata: Record<string, unknown> = {}) => ({ userId, metadata });
const named = (userId: string, metadata?: Record<string, unknown>) => customerName(of(userId, metadata));

it('calls a customer by the name that the page gave, else by the id', () => {
  expect(named('u-1', { name: ' Mira Okafor ' })).toBe('Mira Okafor');
  expect(named('u-1', { name: '' })).toBe('u-1');
  expect(named('u-1', { name: { first: 'Mira' } })).toBe('u-1');
  expect(named('mira@example.com')).toBe('mira@example.com');
  expect(named('x', { name: 'a'.repeat(500) })).toHaveLength(80);
});

it('puts whatever was given on one line that turns nothing around, and calls nobody by what cannot be seen', () => {
  expect(named('u-1', { name: 'Mira\n\u202eOkafor\u2066' })).toBe('Mira Okafor');
  expect(named('u-1', { name: '\u200b\u3164\u2800' })).toBe('u-1');
  expect(named('\u202eu-1\u0007')).toBe('u-1');
  expect(named('\u200b')).toBe('Visitor');
  expect(named('u-1', { name: 'علی\u200cرضا' })).toBe('علی\u200cرضا');
});

it('shortens what is nothing but random, in the reader’s language', () => {
  expect(named('visitor-1f694y3g5x0r2u4s1h6q5d3z')).toBe('Visitor 5d3z');
  expect(customerName(of('visitor-1f694y3g5x0r2u4s1h6q5d3z'), 'Gast')).toBe('Gast 5d3z');
  expect(named('7c1f2b54-90a1-4a87-9c2e-1f6d3b0e8a41')).toBe('Visitor 8a41');
  expect(named('guest-7c1f2b54-90a1-4a87-9c2e-1f6d3b0e8a41')).toBe('Guest 8a41');
  expect(named('guest-4711')).toBe('guest-4711');
  expect(named('customer-20261129120000000')).toBe('customer-20261129120000000');
});

it('addresses nobody by an id', () => {
  expect(nameToAddress(of('u-1', { name: 'Mira' }))).toBe('Mira');
  expect(nameToAddress(of('ada'))).toBe('ada');
  for (const id of ['visitor-1f694y3g5x0r2u4s1h6q5d3z', 'user123', 'mira@example.com', 'a_b'])
    expect(nameToAddress(of(id))).toBeUndefined();
});
