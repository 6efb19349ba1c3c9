import { createHmac } from 'node:crypto';
import { trustedSource } from '@baton/contracts';
import { networkOf } from './limited-network.ts';
import type { Networks } from './network-list.ts';

/** 16 bytes: no collisions, in 22 characters. */
const HASH_BYTES = 16;

/**
 * Where a session comes from, as the services behind the gateway are told: see `source` in the contracts. The hashes
 * are keyed, because a plain hash of an address is found by trying all addresses. The customer's hash includes the
 * address: anybody can give any name, and must not use up another person's budget. A source in a trusted network is
 * marked. [S6]
 */
export function createSourceOf(
  secret: string,
  trusted: Networks = () => false,
): (address: string, userId: string) => string {
  const hash = (...parts: string[]) =>
    createHmac('sha256', secret)
      // Addresses contain no line feed; the last part may contain any.
      .update(['baton v1', 'source', ...parts].join('\n'))
      .digest()
      .subarray(0, HASH_BYTES)
      .toString('base64url');
  return (address, userId) => {
    const network = networkOf(address);
    const plain = `${hash('address', network)}.${hash('customer', network, userId)}`;
    return trusted(address) ? trustedSource(plain) : plain;
  };
}
