/** Long enough for what overtook to be overtaken again; the gateway itself fetches what is missing. */
const GAP_MS = 2_000;

/**
 * Shows the entries of one session once each and in the order of their numbers, whatever comes twice or early. [M3] An
 * entry behind a gap waits for a moment; what does not come then is shown late rather than never.
 */
export function createLogOrder<Item extends { seq: number }>(show: (item: Item) => void, gapMs = GAP_MS) {
  const early = new Map<number, Item>();
  const shown = new Set<number>();
  /** Everything up to here was shown. */
  let through = 0;
  let timer: NodeJS.Timeout | undefined;

  const showOne = (item: Item) => {
    early.delete(item.seq);
    shown.add(item.seq);
    show(item);
  };
  const advance = () => {
    for (
      let next = early.get(through + 1);
      next !== undefined || shown.has(through + 1);
      next = early.get(through + 1)
    ) {
      if (next !== undefined) showOne(next);
      through++;
      shown.delete(through);
    }
    if (early.size === 0) {
      clearTimeout(timer);
      timer = undefined;
    } else timer ??= setTimeout(giveUpWaiting, gapMs);
  };
  const giveUpWaiting = () => {
    timer = undefined;
    for (const item of [...early.values()].sort((a, b) => a.seq - b.seq)) showOne(item);
    advance();
  };

  return {
    /** What to come back with after a lost connection: everything up to this number has been shown. [M4] */
    get lastSeq(): number {
      return through;
    },
    /** What comes before is known, or is none of ours. */
    begin(seq: number): void {
      if (seq > through) through = seq;
      advance();
    },
    receive(item: Item): void {
      if (item.seq <= through || shown.has(item.seq) || early.has(item.seq)) return;
      early.set(item.seq, item);
      advance();
    },
    close(): void {
      clearTimeout(timer);
    },
  };
}
