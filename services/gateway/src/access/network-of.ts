import { isIPv6 } from 'node:net';

/**
 * What counts as one address: an IPv4 address as it is, also when it comes mapped into IPv6, and of IPv6 the network of
 * 64 bits, as a provider gives each customer at least that many addresses. Text that is no address counts as it is.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/s, '');
  if (!isIPv6(bare)) return bare;
  // The URL parser writes every form of one address alike: lower case, in hex, the longest row of zeros as "::".
  const [head = '', tail] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  const [high, low] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  if (high !== undefined && low !== undefined && groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff')
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  return `${groups.slice(0, 4).join(':')}::/64`;
}
