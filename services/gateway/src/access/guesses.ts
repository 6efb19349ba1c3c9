import { createHash } from 'node:crypto';
import { networkOf } from './network-of.ts';

/** Different wrong keys that a network may show before it must wait: people mistype, and several may share a network. */
const FREE_GUESSES = 10;
const FIRST_LOCK_MS = 2_000;
const LONGEST_LOCK_MS = 15 * 60_000;
/** A network is forgotten when it has shown no wrong key for this long. */
const FORGET_MS = 60 * 60_000;
/** Wrong keys of one network that are remembered, in order to count none twice. */
const MAX_REMEMBERED = 100;
/** Networks that are remembered; beyond this many the one that is quiet for longest is forgotten. */
const MAX_NETWORKS = 10_000;

interface Guesser {
  wrong: Set<string>;
  count: number;
  lockedUntil: number;
  at: number;
}

/**
 * [S3] Who guesses keys is slowed down, by network. After ten different wrong ones each further one closes the network
 * out for a time that doubles, up to a quarter of an hour; meanwhile no key of it is looked at, right or wrong.
 *
 * A wrong key that is shown again is no guess: a page whose key was changed shows the old one whenever it connects.
 * Each gateway counts for itself. Keys of production have 24 characters or more, so that some gateways times five
 * guesses an hour find none, and counting together would cost every connection a question to Redis.
 */
export function createGuessGuard(clock: () => number = () => performance.now()) {
  const guessers = new Map<string, Guesser>();

  const known = (network: string): Guesser | undefined => {
    const guesser = guessers.get(network);
    if (guesser === undefined || clock() - guesser.at < FORGET_MS) return guesser;
    guessers.delete(network);
    return undefined;
  };

  return {
    /** Whether keys from this address are not looked at now. */
    isLocked: (address: string): boolean => (known(networkOf(address))?.lockedUntil ?? 0) > clock(),
    /** A wrong key has come from this address. */
    failed(address: string, key: string): void {
      const network = networkOf(address);
      const now = clock();
      const guesser = known(network) ?? { wrong: new Set(), count: 0, lockedUntil: 0, at: now };
      const digest = createHash('sha256').update(key).digest('base64');
      if (guesser.wrong.has(digest)) return;
      guesser.count++;
      guesser.at = now;
      const [oldest] = guesser.wrong;
      if (oldest !== undefined && guesser.wrong.size >= MAX_REMEMBERED) guesser.wrong.delete(oldest);
      guesser.wrong.add(digest);
      const beyond = guesser.count - FREE_GUESSES;
      if (beyond >= 0) guesser.lockedUntil = now + Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(beyond, 20));
      // Behind all others, as it was heard of last.
      guessers.delete(network);
      const [quietest] = guessers.keys();
      if (quietest !== undefined && guessers.size >= MAX_NETWORKS) guessers.delete(quietest);
      guessers.set(network, guesser);
    },
    get size() {
      return guessers.size;
    },
  };
}
export type GuessGuard = ReturnType<typeof createGuessGuard>;
