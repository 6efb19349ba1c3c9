import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf } from './limited-network.ts';

describe('[S6] what counts as one address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:0207', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
    ['not:an:address', 'not:an:address'],
    ['1.2.3.4\n::', '1.2.3.4\n::'],
  ])('%s is %s', (address, network) => expect(networkOf(address)).toBe(network));
});

it('gives every address of a network the same, however it is written', () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(fc.tuple(group, group, group, group), fc.tuple(group, group, group, group), (network, host) => {
      const written = [...network, ...host].map((part) => part.toString(16)).join(':');
      const canonical = new URL(`http://[${written}]`).hostname.slice(1, -1);
      expect(networkOf(canonical)).toBe(networkOf(written));
      expect(networkOf(written)).toBe(`${network.map((part) => part.toString(16)).join(':')}::/64`);
    }),
  );
});
