import { networkOf } from '../../access/limited-network.ts';
import { Bucket, createBuckets, type Rate } from '../../access/limits/token-bucket.ts';
import { createWorkQueues } from '../../access/limits/work-queues.ts';
import type { Networks } from '../../access/network-list.ts';

/** A client that is sent older parts of a log. */
export interface Reader {
  readonly address: string;
  /** Resolves when most of what was sent has left, or when the connection is gone. */
  drained(): Promise<void>;
}

/** The page a reader may fetch next. `end` reports how many entries there were, and their bytes. */
export interface PageSlot {
  limit: number;
  maxBytes: number;
  end(entries: number, bytes: number): void;
}

/** Byte budgets of one network and of all readers: above either, readers wait for the shared slot. */
const OF_NETWORK: Rate = { perSecond: 1_048_576, burst: 1_048_576 };
const OF_ALL: Rate = { perSecond: 8_388_608, burst: 67_108_864 };
/** Approximate size of a page. It bounds how long the next reader waits. */
const PAGE_BYTES = 65_536;
const FIRST_PAGE_ENTRIES = 50;
/** Concurrent fetches of one network. */
const AT_ONCE = 2;
const MAX_PAUSE_MS = 500;
/** The slot pauses for this multiple of what a page took. */
const PAUSE_FACTOR = 4;

/**
 * [S6] How fast readers catch up. A reader gets the next page when the previous one has left its socket, so its buffer
 * is bounded. Networks that have read much share one slot, round-robin: one page at a time, and after each a pause
 * four times as long as the page took. Catching up thus takes at most a fifth of a processor, here and in the session
 * service, however many readers there are. Readers that missed little do not wait.
 */
export function createCatchUpPace(options: { trusted: Networks; clock?: () => number }) {
  const clock = options.clock ?? (() => performance.now());
  const ofNetwork = createBuckets(OF_NETWORK);
  const ofAll = new Bucket(OF_ALL, clock());
  /** Readers that wait for the slot, by network. The network that had it last comes last. */
  const waiting = new Map<string, (() => void)[]>();
  const fetching = createWorkQueues({ atOnce: AT_ONCE });
  let busy = false;

  const next = () => {
    for (const [network, waiters] of waiting) {
      waiting.delete(network);
      const waiter = waiters.shift();
      if (waiters.length > 0) waiting.set(network, waiters);
      if (waiter === undefined) continue;
      busy = true;
      return waiter();
    }
  };
  /** Resolves when it is this network's turn, with the release of the slot. */
  const slot = async (network: string): Promise<() => void> => {
    await new Promise<void>((resolve) => {
      const waiters = waiting.get(network) ?? [];
      waiters.push(resolve);
      waiting.set(network, waiters);
      if (!busy) next();
    });
    const begun = clock();
    return () => {
      const pause = Math.min(MAX_PAUSE_MS, PAUSE_FACTOR * (clock() - begun));
      setTimeout(() => {
        busy = false;
        next();
      }, pause);
    };
  };

  return {
    /** The turns of one reader; each resolves when the next page may be fetched. */
    begin(reader: Reader, signal: AbortSignal): () => Promise<PageSlot> {
      const network = networkOf(reader.address);
      let limit = FIRST_PAGE_ENTRIES;
      return async () => {
        await reader.drained();
        const isFree = () => options.trusted(reader.address) || (ofNetwork.has(network, clock()) && ofAll.has(clock()));
        const endFetch = await fetching.take(network, reader, 1);
        const leave = signal.aborted || isFree() ? undefined : await slot(network);
        return {
          limit,
          maxBytes: PAGE_BYTES,
          end(entries, bytes) {
            leave?.();
            endFetch();
            ofNetwork.spend(network, clock(), bytes);
            ofAll.spend(clock(), bytes);
            if (entries > 0) limit = Math.max(1, Math.floor(PAGE_BYTES / (bytes / entries)));
          },
        };
      };
    },
    get waiting() {
      return [...waiting.values()].reduce((sum, waiters) => sum + waiters.length, 0);
    },
  };
}
export type CatchUpPace = ReturnType<typeof createCatchUpPace>;
