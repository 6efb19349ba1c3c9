import { createHash } from 'node:crypto';
import { networkOf } from './limited-network.ts';

/** Different wrong keys that a network may present before it must wait: people mistype, and may share a network. */
const FREE_GUESSES = 10;
const FIRST_LOCK_MS = 2_000;
const LONGEST_LOCK_MS = 15 * 60_000;
/** A network is forgotten when it has presented no wrong key for this long. */
const FORGET_MS = 60 * 60_000;
/** Wrong keys of one network that are remembered, so that none counts twice. */
const MAX_REMEMBERED = 100;
/** Networks that are remembered; beyond this many, the one that was quiet longest is forgotten. */
const MAX_NETWORKS = 10_000;

interface Guesser {
  wrong: Set<string>;
  count: number;
  lockedUntil: number;
  at: number;
}

/**
 * [S3] Slows down guessing of keys, by network. From the tenth different wrong key on, each one locks the network
 * out for a time that doubles, up to a quarter of an hour. Meanwhile no key from it is checked, right or wrong.
 *
 * The same wrong key again is not a guess: a page with an outdated key presents it at every connection. Each gateway
 * counts by itself. In production keys have 24 characters or more, so a handful of guesses an hour on each gateway find
 * none, while a shared count would cost every connection a request to Redis.
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
    /** Whether keys from this address are not checked at the moment. */
    isLocked: (address: string): boolean => (known(networkOf(address))?.lockedUntil ?? 0) > clock(),
    /** A wrong key came from this address. */
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
      // Moved to the end: the first key of the map is the one that was quiet longest.
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
