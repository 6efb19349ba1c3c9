import { expect, it } from 'vitest';
import { readNetworks } from '../networks.ts';
import { createRoom } from './room.ts';

const trusted = readNetworks(['10.0.0.0/8']) ?? (() => false);

it('[S6] one address gets its places and none of another’s; who leaves makes room', () => {
  const room = createRoom({ places: 100, perAddress: 3, trusted });
  const leave = ['192.0.2.1', '192.0.2.1', '192.0.2.1'].map((address) => room.enter(address));
  expect(room.enter('192.0.2.1')).toBeUndefined();
  expect(room.enter('192.0.2.2')).toBeDefined();
  leave[0]?.();
  leave[0]?.();
  expect(room.enter('192.0.2.1')).toBeDefined();
  expect(room.enter('192.0.2.1')).toBeUndefined();
  expect(room.taken).toBe(4);
});

it('[S6] counts a network of IPv6 as one address', () => {
  const room = createRoom({ places: 100, perAddress: 1, trusted });
  expect(room.enter('2001:db8::1')).toBeDefined();
  expect(room.enter('2001:db8::2')).toBeUndefined();
});

it('when it is full, only trusted networks get in, and those without limit', () => {
  const room = createRoom({ places: 2, perAddress: 3, trusted });
  expect(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => room.enter(address) !== undefined)).toEqual([
    true,
    true,
    false,
  ]);
  for (let n = 0; n < 10; n++) expect(room.enter('10.0.0.1')).toBeDefined();
  expect(room.taken).toBe(2);
});
