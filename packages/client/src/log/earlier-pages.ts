import type { Entry, Reply } from '@baton/contracts';

/** Entries asked for at once of what came before. */
const PAGE = 200;

/**
 * The entries right before number `base` + 1, at most a page of them, none of number `floor` or below. An answer may be
 * cut where it is too large for one: then the rest is asked for, as only what leads up to `base` is of use.
 */
export async function entriesBefore(
  base: number,
  floor: number,
  ask: (afterSeq: number, limit: number) => Promise<Reply<{ entries: readonly Entry[] }>>,
): Promise<Reply<readonly Entry[]>> {
  const found: Entry[] = [];
  for (let after = Math.max(floor, base - PAGE); after < base; after = found.at(-1)?.seq ?? base) {
    const reply = await ask(after, base - after);
    if (!reply.ok) return reply;
    if (reply.value.entries.length === 0) break;
    found.push(...reply.value.entries);
  }
  return { ok: true, value: found };
}
