import { readConfig } from '@baton/runtime';
import { expect, it } from 'vitest';
import { gatewayConfig } from '../../config.ts';
import { type ConnectionLimits, createLimits } from './limits.ts';

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

it('[S3] [S6] a connection may send three packets for each event, and is over its limit after that', () => {
  const limits = limitsOf({ EVENT_RATE: '20', EVENT_BURST: '200' });
  const flood = limits.connection('192.0.2.1');
  expect(allowed(() => flood.packet(10))).toBe(600);
  limits.pass(1_000);
  expect(allowed(() => flood.packet(10))).toBe(60);
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
  expect(sent('192.0.2.1', 10)).toBe(3_000);
  expect(sent('192.0.2.2', 100_000)).toBe(80);
  expect(sent('192.0.2.3', 10)).toBe(3_000);
  // One who has one address of IPv6 has the others of its network, too.
  expect(sent('2001:db8::1', 10)).toBe(3_000);
  expect(sent('2001:db8::2', 10)).toBe(0);
  expect(sent('2001:db8:0:1::1', 10)).toBe(3_000);
});

it('[S3] the limits of a connection go on when it becomes an agent’s, who may send five times as many events', () => {
  const limits = limitsOf({ EVENT_BURST: '20', ADDRESS_BURST: '100000' });
  const one = limits.connection('192.0.2.1');
  expect(allowed(() => one.event(false))).toBe(20);
  expect(allowed(() => one.event(true))).toBe(100);
  expect(one.event(false)).toBe(false);
  expect(allowed(() => one.refusal())).toBe(200);
});

it('[S6] an address whose connections are cut again and again has to wait until it may connect; others need not', () => {
  const limits = limitsOf({});
  for (let n = 0; n < 10; n++) {
    expect(limits.mayConnect('192.0.2.1')).toBe(true);
    const one = limits.connection('192.0.2.1');
    // However often it is said of one.
    for (let k = 0; k < 100; k++) one.cut();
  }
  expect(limits.mayConnect('192.0.2.1')).toBe(false);
  expect(limits.mayConnect('192.0.2.2')).toBe(true);
  limits.pass(10_000);
  expect(limits.mayConnect('192.0.2.1')).toBe(true);
});

it('[S6] the work of an address waits for its own, except that of agents and trusted networks', async () => {
  const limits = limitsOf({ TRUSTED_NETWORKS: '10.0.0.0/8' });
  const one = limits.connection('192.0.2.1');
  const begun: string[] = [];
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = (connection: ConnectionLimits, name: string, units: number, ofAgent = false) =>
    new Promise<void>((resolve) =>
      connection.run(ofAgent, units, (ends) => {
        begun.push(name);
        resolve(ended.then(ends));
      }),
    );
  const all = Array.from({ length: 8 }, () => run(one, 'first', 1));
  all.push(run(limits.connection('192.0.2.1'), 'same address', 4));
  all.push(run(limits.connection('192.0.2.2'), 'other address', 4));
  all.push(run(one, 'agent', 1, true));
  const office = limits.connection('10.0.0.1');
  for (let n = 0; n < 100; n++) all.push(run(office, 'office', 4));
  expect(begun.filter((name) => name === 'first').length).toBe(8);
  expect(begun).toContain('other address');
  expect(begun).toContain('agent');
  expect(begun.filter((name) => name === 'office').length).toBe(100);
  expect(begun).not.toContain('same address');
  end();
  await Promise.all(all);
  expect(begun).toContain('same address');
});

it('[S6] the burst of an address is spread over time; that of an agent or of a trusted network is not', () => {
  const limits = limitsOf({ TRUSTED_NETWORKS: '10.0.0.0/8' });
  const begunOf = (address: string, ofAgent: boolean) => {
    let begun = 0;
    for (let n = 0; n < 2_000; n++) {
      limits.connection(address).run(ofAgent, 1, (end) => {
        begun++;
        // It takes no time, so that only the pace makes the rest wait.
        end();
      });
    }
    return begun;
  };
  expect(begunOf('192.0.2.1', false)).toBe(24);
  expect(begunOf('192.0.2.2', false)).toBe(24);
  expect(begunOf('192.0.2.3', true)).toBe(2_000);
  expect(begunOf('10.0.0.1', false)).toBe(2_000);
  const turns = Array.from({ length: 2_000 }, () => limits.connection('192.0.2.4').turn());
  expect(turns.filter((waits) => waits === undefined).length).toBe(72);
});

it('refuses more of an address while a whole burst of it waits, as the services are slower than the limits', () => {
  const limits = limitsOf({ EVENT_BURST: '100000', ADDRESS_BURST: '100' });
  const one = limits.connection('192.0.2.1');
  let refusedAfter = 0;
  for (let n = 0; n < 1_000 && refusedAfter === 0; n++) {
    limits.pass(5);
    if (one.event(false)) one.run(false, 1, () => {});
    else refusedAfter = n;
  }
  expect(refusedAfter).toBe(108);
  expect(limits.connection('192.0.2.2').event(false)).toBe(true);
});
