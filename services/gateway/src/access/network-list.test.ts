import { expect, it } from 'vitest';
import { readNetworks } from './network-list.ts';

it('knows the networks it was told of', () => {
  const trusted = readNetworks(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
  for (const inside of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8:ffff::1'])
    expect(trusted?.(inside), inside).toBe(true);
  for (const outside of ['11.0.0.1', '192.0.2.8', '2001:db9::1', 'unknown', '', '::ffff:11.0.0.1'])
    expect(trusted?.(outside), outside).toBe(false);
  expect(readNetworks([])?.('10.0.0.1')).toBe(false);
  for (const wrong of ['10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', 'office', '', '10.0.0/8', '::/129', '::1/'])
    expect(readNetworks([wrong]), wrong).toBeUndefined();
});
