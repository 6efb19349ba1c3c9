import type { QueueApi, SessionApi, ValueOf } from '@baton/contracts';
import type { Caller } from '@baton/runtime';
import { readLine, waitingByRecord } from './reconcile.ts';
import type { Line } from './store-redis.ts';

type Comparison = NonNullable<ValueOf<QueueApi['endpoints']['debug']>['comparison']>;
type Known = { sessionId: string; requestedAt: string };
/** Sessions that are in only one of the two, by id. */
type Apart = { inRedis: number; inRecord: number; onlyInRedis: Map<string, Known>; onlyInRecord: Map<string, Known> };

/** Sessions apart that are named. */
const NAMED = 100;

/**
 * The whole queue of Redis beside the record, changing neither. The two are read one after the other, so a session that
 * moves meanwhile seems apart; only what two readings find apart in the same way is.
 * @throws Unavailable when Redis, or the session service, cannot be reached.
 */
export async function compareWithRecord(
  line: Line,
  session: Pick<Caller<SessionApi>, 'listWaiting'>,
): Promise<Comparison> {
  const first = await readBoth(line, session);
  const isSame = first.onlyInRedis.size + first.onlyInRecord.size === 0;
  const { inRedis, inRecord, ...apart } = isSame ? first : both(first, await readBoth(line, session));
  return {
    inRedis,
    inRecord,
    apart: apart.onlyInRedis.size + apart.onlyInRecord.size,
    onlyInRedis: [...apart.onlyInRedis.values()].slice(0, NAMED),
    onlyInRecord: [...apart.onlyInRecord.values()].slice(0, NAMED),
  };
}

async function readBoth(line: Line, session: Pick<Caller<SessionApi>, 'listWaiting'>): Promise<Apart> {
  const members = await readLine(line);
  const inRedis = members.size;
  const onlyInRecord = new Map<string, Known>();
  let inRecord = 0;
  for await (const page of waitingByRecord(session)) {
    inRecord += page.length;
    for (const { sessionId, requestedAt } of page)
      if (!members.delete(sessionId)) onlyInRecord.set(sessionId, { sessionId, requestedAt });
  }
  const onlyInRedis = new Map<string, Known>();
  for (const [sessionId, places] of members) {
    const startMs = Math.min(...places.map((place) => place.startMs));
    onlyInRedis.set(sessionId, { sessionId, requestedAt: new Date(startMs).toISOString() });
  }
  return { inRedis, inRecord, onlyInRedis, onlyInRecord };
}

const both = (first: Apart, second: Apart): Apart => ({
  ...second,
  onlyInRedis: common(first.onlyInRedis, second.onlyInRedis),
  onlyInRecord: common(first.onlyInRecord, second.onlyInRecord),
});

const common = (first: Map<string, Known>, second: Map<string, Known>) =>
  new Map([...second].filter(([sessionId]) => first.has(sessionId)));
