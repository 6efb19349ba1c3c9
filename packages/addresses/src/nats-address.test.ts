import { expect, it } from 'vitest';
import { natsAddress } from './nats-address.ts';

it.each([
  ['nats://127.0.0.1:4222', { servers: ['127.0.0.1:4222'] }],
  ['nats://a', { servers: ['a:4222'] }],
  ['nats://[::1]:4333', { servers: ['[::1]:4333'] }],
  ['nats://a:4222,nats://b:4223, c:4224', { servers: ['a:4222', 'b:4223', 'c:4224'] }],
  ['nats://ada:s%40cret@a', { servers: ['a:4222'], user: 'ada', pass: 's@cret' }],
  ['nats://ada:secret@a,nats://b', { servers: ['a:4222', 'b:4222'], user: 'ada', pass: 'secret' }],
  ['nats://ada:secret@a,nats://ada:secret@b', { servers: ['a:4222', 'b:4222'], user: 'ada', pass: 'secret' }],
  ['nats://t0ken@a', { servers: ['a:4222'], token: 't0ken' }],
  ['tls://a', { servers: ['a:4222'], tls: {} }],
])('reads %s', (list, address) => {
  expect(natsAddress(list)).toEqual(address);
});

it('uses the credentials that stand beside the list, where the list has none', () => {
  const login = { user: 'queue', pass: 'secret' };
  expect(natsAddress('nats://a,nats://b', undefined, login)).toEqual({ servers: ['a:4222', 'b:4222'], ...login });
  expect(natsAddress('nats://t0ken@a', undefined, login)).toEqual({ servers: ['a:4222'], token: 't0ken' });
});

it('never speaks without TLS when it was given an authority', () => {
  expect(natsAddress('nats://a', '/ca.pem')).toEqual({ servers: ['a:4222'], tls: { caFile: '/ca.pem' } });
});

it.each(['http://a', '', 'nats://', 'nats://a,,nats://b', 'nats://ada:secret@a,nats://bob:secret@b'])(
  'refuses %j without repeating it',
  (list) => {
    const message = (() => {
      try {
        natsAddress(list);
      } catch (error) {
        return String(error);
      }
    })();
    expect(message).toMatch(/must (be URLs that begin with nats:\/\/|give the same credentials)/);
    expect(message).not.toContain('secret');
  },
);
