import { createHmac } from 'node:crypto';
import { trustedSource } from '@baton/contracts';
import { networkOf } from './network-of.ts';
import type { Networks } from './networks.ts';

/** 16 bytes: enough that two never meet, in 22 characters. */
const HASH_BYTES = 16;

/**
 * Where a chat comes from, as the services behind the gateway are told it: see `source` in the contracts. The hashes are
 * keyed, as all addresses that there are can be tried against a plain one. That of the customer includes the address:
 * a name that anybody can give must not let one person use up what is meant for another. That of a trusted network says
 * so. [S6]
 */
export function createSourceOf(
  secret: string,
  trusted: Networks = () => false,
): (address: string, userId: string) => string {
  const hash = (...parts: string[]) =>
    createHmac('sha256', secret)
      // A line feed is in no address; what stands after the last one may hold any.
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
