import { accept, type Reply, refuse } from '@baton/contracts';
import type { Proof, TokenCheck } from './check-token.ts';

/** Who the customer of one connection is, as far as the site has proven it. */
export interface CustomerProof {
  /** Null when no token was given. One that proves nothing is refused: nobody becomes anonymous by a bad token. */
  read(): Promise<Reply<Proof | null>>;
  /** What another token proves, of this customer or of one who was anonymous so far. `keep` puts it in its place. */
  check(token: string): Promise<Reply<Proof>>;
  keep(proof: Proof): void;
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
  let current: Promise<Reply<Proof | null>> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const keep = (proof: Proof) => {
    current = Promise.resolve(accept(proof));
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(options.onExpired, proof.expiresAt - Date.now()).unref();
  };
  const proven = async (token: string): Promise<Reply<Proof>> => {
    const proof = await check(token);
    if (proof === 'wrong') return notProven();
    if (proof === 'unknown')
      return refuse('UNAVAILABLE', 'The token cannot be checked at the moment.', 'customerToken');
    return accept(proof);
  };
  const first = async (): Promise<Reply<Proof | null>> => {
    const token = tokenIn(options.auth);
    if (token === undefined) return accept(null);
    const reply = typeof token === 'string' ? await proven(token) : notProven();
    if (reply.ok) keep(reply.value);
    // Keys that could not be fetched may be there the next time.
    else if (reply.code === 'UNAVAILABLE') current = undefined;
    return reply;
  };
  const read = () => {
    current ??= first();
    return current;
  };

  return {
    read,
    async check(token) {
      const [reply, known] = [await proven(token), await read()];
      if (!reply.ok) return reply;
      // Two customers are never merged: another one takes another connection.
      const other = known.ok && known.value !== null && known.value.customer.id !== reply.value.customer.id;
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
