import { accept, type Reply, refuse } from '@baton/contracts';
import type { Proof, TokenCheck } from './check-token.ts';

/** Who the customer of one connection is, as far as the site has proven it. Once proven, it is never another. */
export interface CustomerProof {
  /** Null when no token was given. One that proves nothing is refused: nobody becomes anonymous by a bad token. */
  read(): Promise<Reply<Proof | null>>;
  /** What another token proves, of this customer or of one who was anonymous so far. It holds once it is kept. */
  check(token: string): Promise<Reply<Proof>>;
  /** Keeps a proof, unless another customer was proven meanwhile. Of two proofs of one customer the later end counts. */
  keep(proof: Proof): Reply<Proof>;
  stop(): void;
}

/**
 * The token in `auth: {customerToken}` of a handshake, which may hold anything, is checked when it is first needed.
 * When what was proven last expires, the connection ends: its client comes back with a fresh token and misses nothing.
 */
export function createCustomerProof(options: {
  auth: unknown;
  check: TokenCheck;
  onExpired: () => void;
}): CustomerProof {
  const { check } = options;
  let kept: Proof | undefined;
  /** The check of the token in the handshake. */
  let first: Promise<Reply<Proof | null>> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const keep = (proof: Proof): Reply<Proof> => {
    // Two customers are never merged: another one takes another connection.
    if (kept !== undefined && kept.customer.id !== proof.customer.id) return notProven();
    // Checks end in any order, so an older token may come behind the one that renews it.
    if (kept !== undefined && kept.expiresAt >= proof.expiresAt) return accept(kept);
    kept = proof;
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(options.onExpired, proof.expiresAt - Date.now()).unref();
    return accept(proof);
  };
  const proven = async (token: string): Promise<Reply<Proof>> => {
    const proof = await check(token);
    if (proof === 'wrong') return notProven();
    if (proof === 'unknown')
      return refuse('UNAVAILABLE', 'The token cannot be checked at the moment.', 'customerToken');
    return accept(proof);
  };
  const checkFirst = async (): Promise<Reply<Proof | null>> => {
    const token = tokenIn(options.auth);
    if (token === undefined) return accept(null);
    const reply = typeof token === 'string' ? await proven(token) : notProven();
    if (reply.ok) keep(reply.value);
    // Keys that could not be fetched may be there the next time.
    else if (reply.code === 'UNAVAILABLE') first = undefined;
    return reply;
  };
  const read = async (): Promise<Reply<Proof | null>> => {
    if (kept !== undefined) return accept(kept);
    first ??= checkFirst();
    const reply = await first;
    // What `customer:identify` proved while the handshake's token was being checked stands: events have acted on it.
    return kept === undefined ? reply : accept(kept);
  };

  return {
    read,
    async check(token) {
      const [reply, known] = [await proven(token), await read()];
      const other = reply.ok && known.ok && known.value !== null && known.value.customer.id !== reply.value.customer.id;
      return other ? notProven() : reply;
    },
    keep,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** One refusal, whatever is wrong: it helps nobody to guess. */
const notProven = () => refuse('UNAUTHENTICATED', 'The customer token is wrong or expired.', 'customerToken');

const tokenIn = (auth: unknown): unknown => {
  const token: unknown = typeof auth === 'object' && auth !== null ? Reflect.get(auth, 'customerToken') : undefined;
  return token === null || token === '' ? undefined : token;
};
