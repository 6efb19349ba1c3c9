import { createInFlight } from '../../access/limits/in-flight.ts';
import { Bucket, createBuckets, type Rate } from '../../access/limits/token-bucket.ts';
import { networkOf } from '../../access/network-of.ts';
import type { Networks } from '../../access/networks.ts';

/** Whoever has to be shown a part of a log that is not new. */
export interface Reader {
  readonly address: string;
  /** Resolves when little of what was sent to it is still on its way, or when it is gone. */
  drained(): Promise<void>;
}

/** What a reader may fetch next: at most so much. `end` says how many entries there were, and their bytes. */
export interface Turn {
  limit: number;
  maxBytes: number;
  end(entries: number, bytes: number): void;
}

/** Bytes of the log that readers of one network address are shown without waiting, and those of all. */
const OF_ADDRESS: Rate = { perSecond: 1_048_576, burst: 8_388_608 };
const OF_ALL: Rate = { perSecond: 8_388_608, burst: 67_108_864 };
/** About how much one fetch brings: what is shown to somebody else waits for no longer than that takes. */
const PAGE_BYTES = 98_304;
const FIRST_PAGE_ENTRIES = 50;
/** Pages that are fetched for one network at the same time. */
const AT_ONCE = 2;
const MAX_PAUSE_MS = 250;

/**
 * [S6] How fast readers catch up. Each is given a page when the one before has left, so what waits for one is bounded. An
 * address that has read much is given pages in turn with the others that have, one page at a time and with a pause after
 * each as long as the page took: so catching up takes at most half of a processor, here and behind, whatever many ask
 * for; those who have missed little do not notice.
 */
export function createCatchUpPace(options: { trusted: Networks; clock?: () => number }) {
  const clock = options.clock ?? (() => performance.now());
  const ofAddress = createBuckets(OF_ADDRESS);
  const ofAll = new Bucket(OF_ALL, clock());
  /** Who waits for a turn, by network; the network that had the last one stands last. */
  const waiting = new Map<string, (() => void)[]>();
  const fetching = createInFlight(AT_ONCE);
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
  /** Resolves when it is this network's turn, with what ends it. */
  const slot = async (network: string): Promise<() => void> => {
    await new Promise<void>((resolve) => {
      const waiters = waiting.get(network) ?? [];
      waiters.push(resolve);
      waiting.set(network, waiters);
      if (!busy) next();
    });
    const begun = clock();
    return () => {
      const pause = Math.min(MAX_PAUSE_MS, clock() - begun);
      setTimeout(() => {
        busy = false;
        next();
      }, pause);
    };
  };

  return {
    /** The pages of one reader; each resolves when it may be fetched. */
    begin(reader: Reader, signal: AbortSignal): () => Promise<Turn> {
      const network = networkOf(reader.address);
      let limit = FIRST_PAGE_ENTRIES;
      return async () => {
        await reader.drained();
        const isFree = () => options.trusted(reader.address) || (ofAddress.has(network, clock()) && ofAll.has(clock()));
        await fetching.begin(network, 1);
        const leave = signal.aborted || isFree() ? undefined : await slot(network);
        return {
          limit,
          maxBytes: PAGE_BYTES,
          end(entries, bytes) {
            leave?.();
            fetching.end(network, 1);
            ofAddress.spend(network, clock(), bytes);
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
