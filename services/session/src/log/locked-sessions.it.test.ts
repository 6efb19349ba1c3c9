import { testSpace } from '@baton/testkit';
import pg from 'pg';
import { expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, startSession } from '../../test/session-process.ts';

const space = await testSpace();
await startSession(space);
const client = await connectClient(space);
const { session } = client;
const { startChat, customerSays, log } = people(client);

/** Less than a statement waits for a lock. */
const SOON_MS = 2_000;

/** Locks the rows of sessions like a transaction of another instance that does not end. */
async function whileLocked(
  sessionId: string | readonly string[],
  work: (release: () => Promise<void>, other: pg.Client) => Promise<void>,
): Promise<void> {
  const other = new pg.Client({ connectionString: space.databaseUrl });
  await other.connect();
  try {
    await other.query('BEGIN');
    await other.query('SELECT FROM chat_sessions WHERE id = ANY ($1) FOR NO KEY UPDATE', [[sessionId].flat()]);
    await work(async () => void (await other.query('COMMIT')), other);
  } finally {
    await other.end();
  }
}

const soon = async <T>(work: Promise<T>): Promise<T> => {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('this took too long')), SOON_MS));
  return Promise.race([work, late]);
};
const texts = async (sessionId: string) => (await log(sessionId)).slice(1).map(({ content }) => content);
const append = (sessionId: string, content: string) => ({
  sessionId,
  author: { type: 'customer' } as const,
  messages: [{ content, clientMessageId: content }],
});

it('[M3] a locked session holds up no other of its request, nor of those that follow, and keeps its order', async () => {
  const [locked, one, two] = [await startChat(), await startChat(), await startChat()];
  await whileLocked(locked.id, async (release) => {
    const appends = [append(one.id, 'a'), append(locked.id, 'first'), append(two.id, 'b'), append(one.id, 'c')];
    const { replies } = accepted(await soon(session.appendMany({ appends })));
    expect(replies.map((reply) => (reply.ok ? 'ok' : reply.code))).toEqual(['ok', 'TIMEOUT', 'ok', 'ok']);
    const behind = [customerSays(locked.id, 'second', 'second'), customerSays(locked.id, 'third', 'third')];
    for (const content of ['d', 'e', 'f']) accepted(await soon(customerSays(two.id, content)));
    const again = [append(one.id, 'g'), append(two.id, 'h')];
    expect(accepted(await soon(session.appendMany({ appends: again }))).replies.every(({ ok }) => ok)).toBe(true);
    expect(await texts(locked.id)).toEqual([]);
    await release();
    for (const reply of await Promise.all(behind)) accepted(reply);
    const repeat = accepted(await customerSays(locked.id, 'first', 'first'));
    expect(repeat.results).toMatchObject([{ ok: true, value: { repeated: true, entry: { seq: 2 } } }]);
  });
  expect(await texts(locked.id)).toEqual(['first', 'second', 'third']);
  expect(await texts(one.id)).toEqual(['a', 'c', 'g']);
  expect(await texts(two.id)).toEqual(['b', 'd', 'e', 'f', 'h']);
});

it('[M3] a lone message to a locked session holds up no other session, and those behind it wait', async () => {
  const [locked, other] = [await startChat(), await startChat()];
  await whileLocked(locked.id, async (release) => {
    const lone = customerSays(locked.id, 'first');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const behind = customerSays(locked.id, 'second');
    for (const content of ['a', 'b']) accepted(await soon(customerSays(other.id, content)));
    await release();
    accepted(await lone);
    accepted(await behind);
  });
  expect(await texts(locked.id)).toEqual(['first', 'second']);
});

it('lone messages to many locked sessions leave connections for all others', async () => {
  const free = await startChat();
  const locked = await Promise.all(Array.from({ length: 12 }, startChat));
  const ids = locked.map(({ id }) => id);
  await whileLocked(ids, async (release, other) => {
    const lone: ReturnType<typeof customerSays>[] = [];
    for (const id of ids) {
      lone.push(customerSays(id, 'lone'));
      // Longer than the service lets a statement hold back the next.
      await new Promise((resolve) => setTimeout(resolve, 110));
    }
    const { rows } = await other.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '/* append%'`,
    );
    expect(rows[0]?.waiting).toBeLessThanOrEqual(5);
    accepted(await soon(customerSays(free.id, 'a')));
    await release();
    for (const reply of await Promise.all(lone)) accepted(reply);
  });
});

it('what is written together with a session that stays locked is stored, and only that one refused', async () => {
  const [locked, other] = [await startChat(), await startChat()];
  await whileLocked(locked.id, async () => {
    const both = await Promise.all([customerSays(locked.id, 'first'), customerSays(other.id, 'a')]);
    expect(both).toMatchObject([{ ok: false, code: 'UNAVAILABLE' }, { ok: true }]);
  });
  expect(await texts(locked.id)).toEqual([]);
  expect(await texts(other.id)).toEqual(['a']);
});
