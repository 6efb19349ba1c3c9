import { isIPv6 } from 'node:net';

/**
 * What limits count as one address: an IPv4 address, also when mapped into IPv6; of an IPv6 address its /64 network, as
 * a provider gives each customer at least one. Text that is not an address is returned unchanged.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/s, '');
  if (!isIPv6(bare)) return bare;
  // The URL parser normalizes every form of an address: lower case, hex, the longest run of zeros as "::".
  const [head = '', tail] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  const [high, low] = groups.slice(6).map((group) => Number.parseInt(group, 16));
  if (high !== undefined && low !== undefined && groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff')
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  return `${groups.slice(0, 4).join(':')}::/64`;
}
