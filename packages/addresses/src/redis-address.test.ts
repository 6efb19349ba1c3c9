import { expect, it } from 'vitest';
import { redisAddress } from './redis-address.ts';

it.each([
  ['redis://a:1', { password: 'se/cret' }, 'redis://:se%2Fcret@a:1'],
  ['redis://a:1', { user: 'queue', password: 'secret' }, 'redis://queue:secret@a:1'],
  ['redis://ada:own@a:1', { user: 'queue', password: 'secret' }, 'redis://ada:own@a:1'],
  ['redis://ada@a:1', { user: 'queue', password: 'secret' }, 'redis://ada:secret@a:1'],
  ['redis://a:1', { user: 'queue' }, 'redis://a:1'],
])('reads %s with %o', (url, more, address) => {
  expect(redisAddress(url, more)).toEqual({ url: address, options: {} });
});
