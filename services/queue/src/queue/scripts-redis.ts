import { batchWhileBusy } from '@baton/runtime';
import { luaBeside, type RedisConnection, type Script, scriptOf } from '../platform/connection-redis.ts';

const prelude = luaBeside(import.meta.url)('queue');
/** A script blocks Redis for about a quarter of a millisecond at this size; larger batches save little more. */
const MAX_BATCH = 32;

/** A script on the queue that only reads, or is idempotent. */
export const queueScript = (body: string): Script => scriptOf(`${prelude}\n${body}`);
/** A script that changes the queue at most once: its eighth key stores the result of the operation. */
export const onceScript = (body: string): Script => scriptOf(`${prelude}\nreturn once(function()\n${body}\nend)`);

/** The Redis keys of the queue, as the scripts number them. Names without `queue:` are those of the specification. */
export function queueKeys(prefix: string) {
  const key = (name: string) => `${prefix}${name}`;
  return {
    /** KEYS[1..7] of every script. `queue:epochs` has the epoch of each wait; `queue:epoch` is the cluster's generation. */
    queue: [
      'queue:high',
      'queue:normal',
      'queue:low',
      'queue_metadata',
      'queue:epochs',
      'queue:claims',
      'queue:version',
    ].map(key),
    operation: (id: string) => key(`queue:operation:${id}`),
    /** The sessions that have left lately, in even and in odd minutes. */
    left: ['queue:left:even', 'queue:left:odd'].map(key),
    reconciled: key('queue:compared'),
    claimed: key('queue:claimed_by_minute'),
  };
}
export type QueueKeys = ReturnType<typeof queueKeys>;

/** Runs a script made by `onceScript`. The result has one element for each item in `args`, of the shape it documents. */
export async function runOnce<Result>(
  redis: RedisConnection,
  script: Script,
  keys: QueueKeys,
  operation: string,
  moreKeys: string[],
  args: (string | number)[],
): Promise<Result[]> {
  const json = await redis.run(script, [...keys.queue, keys.operation(operation), ...moreKeys], args);
  return JSON.parse(String(json)) as Result[];
}

/**
 * Runs a script of many items on single items. Items of one turn of the event loop, and items that arrive while a
 * script runs, share the next: fifty agents who claim at once cost two scripts instead of a hundred, and no claim skips
 * the reservations of the others.
 */
export function batched<Item, Result>(run: (items: Item[]) => Promise<Result[]>): (item: Item) => Promise<Result> {
  // Two at once: while Redis runs one batch, this process writes the next or reads results.
  return batchWhileBusy({ maxBatch: MAX_BATCH, wholeTurns: true, concurrency: 2, run: (items: Item[]) => run(items) })
    .add;
}
