import type { QueueApi, ValueOf } from '@baton/contracts';
import { readQueue, type WaitingLister, waitingInPostgres } from './reconcile.ts';
import type { QueueStore } from './store-redis.ts';

type Comparison = NonNullable<ValueOf<QueueApi['endpoints']['debug']>['comparison']>;
type Wait = { sessionId: string; requestedAt: string };
/** Sessions that only one of the two has, by id. */
type Diff = { inRedis: number; inRecord: number; onlyInRedis: Map<string, Wait>; onlyInRecord: Map<string, Wait> };

/** Most differing sessions that the reply names. */
const NAMED = 100;

/**
 * Compares the whole queue in Redis with Postgres, without changing either. The two are read one after the other, so a
 * session that moves in between looks like a difference. Only a difference that two readings agree on is reported.
 * @throws Unavailable when Redis or the session service is unavailable.
 */
export async function compareWithPostgres(queue: QueueStore, session: WaitingLister): Promise<Comparison> {
  const first = await readDiff(queue, session);
  const isSame = first.onlyInRedis.size + first.onlyInRecord.size === 0;
  const { inRedis, inRecord, ...diff } = isSame ? first : inBoth(first, await readDiff(queue, session));
  return {
    inRedis,
    inRecord,
    apart: diff.onlyInRedis.size + diff.onlyInRecord.size,
    onlyInRedis: [...diff.onlyInRedis.values()].slice(0, NAMED),
    onlyInRecord: [...diff.onlyInRecord.values()].slice(0, NAMED),
  };
}

async function readDiff(queue: QueueStore, session: WaitingLister): Promise<Diff> {
  const members = await readQueue(queue);
  const inRedis = members.size;
  const onlyInRecord = new Map<string, Wait>();
  let inRecord = 0;
  for await (const page of waitingInPostgres(session)) {
    inRecord += page.length;
    for (const { sessionId, requestedAt } of page)
      if (!members.delete(sessionId)) onlyInRecord.set(sessionId, { sessionId, requestedAt });
  }
  const onlyInRedis = new Map<string, Wait>();
  for (const [sessionId, copies] of members) {
    const startMs = Math.min(...copies.map((copy) => copy.startMs));
    onlyInRedis.set(sessionId, { sessionId, requestedAt: new Date(startMs).toISOString() });
  }
  return { inRedis, inRecord, onlyInRedis, onlyInRecord };
}

const inBoth = (first: Diff, second: Diff): Diff => ({
  ...second,
  onlyInRedis: common(first.onlyInRedis, second.onlyInRedis),
  onlyInRecord: common(first.onlyInRecord, second.onlyInRecord),
});

const common = (first: Map<string, Wait>, second: Map<string, Wait>) =>
  new Map([...second].filter(([sessionId]) => first.has(sessionId)));
