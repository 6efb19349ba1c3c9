import { setTimeout as sleep } from 'node:timers/promises';
import type { Priority } from '@baton/contracts';
import pg from 'pg';
import { openLedger } from '../history/ledger.ts';
import { flushAll } from '../world/backends.ts';
import type { World } from '../world/world.ts';
import { type Recovery, timeUntil } from './recovery.ts';

const WAITING = 10_000;
const LOOK_WITHIN_MS = 60_000;

/** Sessions that have begun as every session does and wait for a human since some time, of all priorities. */
const MANY_WAIT = `WITH numbered AS (
  SELECT n, gen_random_uuid()::text AS id, date_trunc('milliseconds', now()) - make_interval(secs => (n * 7919) % $1::int) AS since
  FROM generate_series(1, $1::int) n
), session AS (
  INSERT INTO chat_sessions (id, user_id, status, epoch, last_seq, waiting_since, created_at)
  SELECT id, 'many-' || n, 'waiting', 2, 2, since, since FROM numbered
), started AS (
  INSERT INTO messages (id, session_id, seq, kind, content, sender, change, timestamp)
  SELECT gen_random_uuid()::text, id, 1, 'event', 'Started.', 'system',
    '{"from": null, "to": "bot", "cause": "started", "by": "user", "epoch": 1}', since FROM numbered
), transferred AS (
  INSERT INTO messages (id, session_id, seq, kind, content, sender, change, timestamp)
  SELECT gen_random_uuid()::text, id, 2, 'event', 'Waits.', 'system',
    '{"from": "bot", "to": "waiting", "cause": "customer_requested", "by": "user", "epoch": 2}', since FROM numbered
), figures AS (
  INSERT INTO session_analytics (session_id, was_transferred) SELECT id, true FROM numbered
)
INSERT INTO transfer_queue (session_id, reason, priority, requested_by, requested_at, enqueued_at)
SELECT id, 'measuring', (ARRAY['high', 'normal', 'low']::priority[])[1 + n % 3], 'user', since, since FROM numbered`;

const levels: Record<Priority, number> = { high: 0, normal: 1, low: 2 };

async function putManyInLine({ databaseUrl }: World): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(MANY_WAIT, [WAITING]);
  await client.end();
}

/** [Q2] Redis loses everything while many wait: from then until the queue is complete again, in the same order. */
const emptied: Recovery = {
  name: `Redis emptied with ${WAITING} waiting`,
  withoutPeople: true,
  async measure({ world }) {
    await putManyInLine(world);
    const { databaseUrl, redisPrefix, backends } = world;
    const reader = await openLedger({ databaseUrl, redisUrl: backends.redis.url, redisPrefix });
    try {
      // By each one's own place, which those without a page keep too; here nobody has one. Those of one moment stand by
      // their ids, as Redis orders members of one score.
      const idsInOrder = (places: { sessionId: string; priority: Priority; at: number }[]) =>
        places
          .toSorted(
            (a, b) =>
              levels[a.priority] - levels[b.priority] ||
              a.at - b.at ||
              Buffer.compare(Buffer.from(a.sessionId), Buffer.from(b.sessionId)),
          )
          .map(({ sessionId }) => sessionId)
          .join();
      const order = async () =>
        idsInOrder((await reader.readQueue()).map(({ startMs, ...place }) => ({ ...place, at: startMs })));
      const waits = await reader.waiting();
      const right = idsInOrder(waits.map(({ requestedAt, ...wait }) => ({ ...wait, at: requestedAt })));
      const stands = async () => (await order()) === right;
      const built = await timeUntil(stands, LOOK_WITHIN_MS);
      await sleep(2_000);
      await flushAll(backends.redis.url);
      const rebuilt = await timeUntil(stands, LOOK_WITHIN_MS);
      return [
        { what: 'found in the record and put in line', value: built, unit: 'ms', atMost: 5_000 },
        { what: 'rebuilt in the same order', value: rebuilt, unit: 'ms', atMost: 5_000 },
      ];
    } finally {
      await reader.close();
    }
  },
};

/** What is allowed beyond the grace period: to notice the silence, to notice that the period is over, and to write it. */
const BEYOND_GRACE_MS = 5_000;
const HOLDS = 3;

/** [Q3] An agent's machine dies without closing anything: from its last byte until its chats are in the queue again. */
const machineDead = (graceMs: number): Recovery => ({
  name: `an agent’s machine dead, grace ${graceMs / 1_000} s`,
  customers: 10,
  agents: 1,
  graceMs,
  async measure({ world, agents }) {
    const [agent] = agents;
    if (agent === undefined) throw new Error('there is no agent');
    const { databaseUrl, redisPrefix, backends } = world;
    const reader = await openLedger({ databaseUrl, redisUrl: backends.redis.url, redisPrefix });
    try {
      const holds = async () => agent.agentId !== undefined && (await reader.assignedTo(agent.agentId)) >= HOLDS;
      if (!Number.isFinite(await timeUntil(holds, LOOK_WITHIN_MS))) throw new Error('the agent got no chats');
      const { connection, agentId = '' } = agent;
      // It neither reads nor answers any more, and its connection stays open.
      agent.depart({ silently: true });
      connection?.stopReading(graceMs * 3);
      const took = await timeUntil(async () => (await reader.assignedTo(agentId)) === 0, graceMs + 60_000);
      connection?.cut();
      return [{ what: 'its chats are in the queue again', value: took, unit: 'ms', atMost: graceMs + BEYOND_GRACE_MS }];
    } finally {
      await reader.close();
    }
  },
});

/** With the configured grace unless one is set. */
export const recoveriesOfTheQueue: readonly Recovery[] = [emptied, machineDead(30_000)];
