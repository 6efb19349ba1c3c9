import { expect, it } from 'vitest';
import { readNetworks } from '../network-list.ts';
import { createConnectionSlots } from './connection-slots.ts';

const trusted = readNetworks(['10.0.0.0/8']) ?? (() => false);

it('[S6] one address gets its slots and none of another’s; who leaves makes slots', () => {
  const slots = createConnectionSlots({ slots: 100, perAddress: 3, trusted });
  const releases = ['192.0.2.1', '192.0.2.1', '192.0.2.1'].map((address) => slots.take(address));
  expect(slots.take('192.0.2.1')).toBeUndefined();
  expect(slots.take('192.0.2.2')).toBeDefined();
  releases[0]?.();
  releases[0]?.();
  expect(slots.take('192.0.2.1')).toBeDefined();
  expect(slots.take('192.0.2.1')).toBeUndefined();
  expect(slots.taken).toBe(4);
});

it('[S6] counts a network of IPv6 as one address', () => {
  const slots = createConnectionSlots({ slots: 100, perAddress: 1, trusted });
  expect(slots.take('2001:db8::1')).toBeDefined();
  expect(slots.take('2001:db8::2')).toBeUndefined();
});

it('when it is full, only trusted networks get in, and those without limit', () => {
  const slots = createConnectionSlots({ slots: 2, perAddress: 3, trusted });
  expect(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => slots.take(address) !== undefined)).toEqual([
    true,
    true,
    false,
  ]);
  for (let n = 0; n < 10; n++) expect(slots.take('10.0.0.1')).toBeDefined();
  expect(slots.taken).toBe(2);
});
