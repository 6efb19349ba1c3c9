import { readConfig } from '@baton/runtime';
import { expect, it } from 'vitest';
import { gatewayConfig } from '../config.ts';
import { createLimits } from './limits.ts';

/** Limits at a clock that a test sets. */
function limitsOf(env: Record<string, string>) {
  let now = 0;
  const limits = createLimits(readConfig(gatewayConfig, { NODE_ENV: 'test', ...env }), () => now);
  return {
    ...limits,
    pass: (ms: number) => {
      now += ms;
    },
  };
}
/** How often in a row it is allowed. */
function allowed(take: () => boolean): number {
  let count = 0;
  while (count < 1_000_000 && take()) count++;
  return count;
}

it('[S3] [S6] a connection may send ten packets for each event, and is over its limit after that', () => {
  const limits = limitsOf({ EVENT_RATE: '20', EVENT_BURST: '200' });
  const flood = limits.connection('192.0.2.1');
  expect(allowed(() => flood.packet(10))).toBe(2_000);
  limits.pass(1_000);
  expect(allowed(() => flood.packet(10))).toBe(200);
  expect(limits.connection('192.0.2.1').packet(10)).toBe(true);
});

it('[S3] [S6] counts bytes, whatever they are the bytes of', () => {
  const limits = limitsOf({ BYTES_RATE: '100000', BYTES_BURST: '1000000' });
  const flood = limits.connection('192.0.2.1');
  expect(allowed(() => flood.packet(100_000))).toBe(10);
  limits.pass(1_000);
  expect(allowed(() => flood.packet(100_000))).toBe(1);
});

it('[S6] many connections of one address get no more than the address does; another is not concerned', () => {
  const limits = limitsOf({ EVENT_BURST: '200', ADDRESS_RATE: '100', ADDRESS_BURST: '1000', BYTES_BURST: '1000000' });
  const sent = (address: string, bytes: number) =>
    allowed(() => {
      const one = limits.connection(address);
      return one.packet(bytes);
    });
  expect(sent('192.0.2.1', 10)).toBe(10_000);
  expect(sent('192.0.2.2', 100_000)).toBe(80);
  expect(sent('192.0.2.3', 10)).toBe(10_000);
  // One who has one address of IPv6 has the others of its network, too.
  expect(sent('2001:db8::1', 10)).toBe(10_000);
  expect(sent('2001:db8::2', 10)).toBe(0);
  expect(sent('2001:db8:0:1::1', 10)).toBe(10_000);
});

it('[S3] the limits of a connection go on when it becomes an agent’s, who may send five times as many events', () => {
  const limits = limitsOf({ EVENT_BURST: '20', ADDRESS_BURST: '100000' });
  const one = limits.connection('192.0.2.1');
  expect(allowed(() => one.event(false))).toBe(20);
  expect(allowed(() => one.event(true))).toBe(100);
  expect(one.event(false)).toBe(false);
  expect(allowed(() => one.refusal())).toBe(200);
});
