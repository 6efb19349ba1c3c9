import { BlockList, isIP } from 'node:net';

const own = new BlockList();
own.addSubnet('127.0.0.0', 8);
own.addSubnet('10.0.0.0', 8);
own.addSubnet('172.16.0.0', 12);
own.addSubnet('192.168.0.0', 16);
own.addSubnet('169.254.0.0', 16);
own.addAddress('::1', 'ipv6');
own.addSubnet('fc00::', 7, 'ipv6');
own.addSubnet('fe80::', 10, 'ipv6');
/** Names that the public DNS does not have. */
const OWN_NAMES = ['.localhost', '.local', '.internal', '.lan', '.home.arpa'];

/**
 * Whether an endpoint is on this machine or a private network. A name without a dot is a container or a host beside it.
 * Without a URL it is OpenAI's own.
 */
export function isOnOwnNetwork(url: string | undefined): boolean {
  if (url === undefined) return false;
  const { hostname } = new URL(url);
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  const family = isIP(host);
  if (family > 0) return own.check(host, family === 6 ? 'ipv6' : 'ipv4');
  return !host.includes('.') || OWN_NAMES.some((ending) => host.endsWith(ending));
}
