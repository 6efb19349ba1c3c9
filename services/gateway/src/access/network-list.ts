import { BlockList, isIP } from 'node:net';

/** A dual-stack socket reports an IPv4 address as `::ffff:192.0.2.1`. */
const unmapped = (address: string): string =>
  address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;

export type Networks = (address: string) => boolean;

/** Reads `192.0.2.0/24`, `2001:db8::/32` or single addresses; undefined when one of them is neither. */
export function readNetworks(list: readonly string[]): Networks | undefined {
  const networks = new BlockList();
  for (const entry of list) {
    const [address = '', length, ...rest] = entry.split('/');
    const version = isIP(address);
    const most = version === 4 ? 32 : 128;
    const prefix = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
    if (version === 0 || rest.length > 0 || !(prefix <= most)) return undefined;
    networks.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const plain = unmapped(address);
    const version = isIP(plain);
    return version !== 0 && networks.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  };
}
