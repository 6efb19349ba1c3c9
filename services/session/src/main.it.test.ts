import { randomUUID } from 'node:crypto';
import { channels, sessionApi, subjects } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { startFaultProxy } from '@baton/testkit/fault-proxy';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { people } from '../test/people.ts';
import { accepted, connectClient, startSession } from '../test/session-process.ts';

const space = await testSpace();
// Some tests need a service or a server of their own.
const withoutPostgres = await testSpace();
const withoutNats = await testSpace();
const withExpiry = await testSpace();
const counted = await testSpace();
const poisoned = await testSpace();
const writtenLate = await testSpace();
const client = await connectClient(space);
const { session, nats } = client;
const { startChat, customerSays, log } = people(client);

it('[O1] SIGTERM loses no request in flight: each is answered, and what was acknowledged is there', async () => {
  const stopping = await startSession(space);
  const chats = await Promise.all(Array.from({ length: 20 }, () => startChat()));
  const requests = chats.flatMap(({ id }) =>
    Array.from({ length: 20 }, (_, n) => ({ id, reply: customerSays(id, `message ${n}`, `id-${n}`) })),
  );
  await nats.flush();
  const stopped = stopping.stop();
  const next = startSession(space);
  const replies = await Promise.all(requests.map(async ({ id, reply }) => ({ id, reply: await reply })));
  expect(await stopped).toBe(0);
  await next;
  // Requests that it no longer accepted went to nobody or to the next one: no outcome is unknown.
  const codes = new Set(replies.map(({ reply }) => (reply.ok ? 'ok' : reply.code)));
  expect([...codes].filter((code) => code !== 'ok' && code !== 'UNAVAILABLE')).toEqual([]);
  for (const { id } of chats) {
    const acknowledged = replies.flatMap(({ id: chat, reply }) =>
      chat === id && reply.ok ? reply.value.results.map((result) => result.ok && result.value.entry.seq) : [],
    );
    const kept = (await log(id)).slice(1).map(({ seq }) => seq);
    expect(kept).toEqual(acknowledged.toSorted((x, y) => Number(x) - Number(y)));
  }
});

it('[O1] what is written after its request was answered is published before the process ends, and counts', async () => {
  const own = writtenLate;
  const stopping = await startSession(own, { MAX_CHAT_ENTRIES: '10' });
  const here = await connectClient(own);
  const [free, late] = [await people(here).startChat(), await people(here).startChat()];
  for (let n = 2; n <= 10; n++) accepted(await people(here).customerSays(late.id, `${n}`));
  const published: number[] = [];
  const subscription = here.bus.subscribe(channels.live.entry, { session: late.id }, ({ entries }) => {
    published.push(...entries.map(({ seq }) => seq));
  });
  await subscription.ready();

  const other = new pg.Client({ connectionString: own.databaseUrl });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('BEGIN');
  await other.query('SELECT FROM chat_sessions WHERE id = $1 FOR NO KEY UPDATE', [late.id]);
  const appends = [free, late].map(({ id }) => ({
    sessionId: id,
    author: { type: 'customer' } as const,
    messages: [{ content: 'hello' }],
  }));
  const { replies } = accepted(await here.session.appendMany({ appends }));
  expect(replies.map((reply) => (reply.ok ? 'ok' : reply.code))).toEqual(['ok', 'TIMEOUT']);
  const stopped = stopping.stop();
  await until(() => stopping.log().includes('"msg":"stopping"'));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await other.query('COMMIT');
  expect(await stopped).toBe(0);
  // [S6] The message was one too many, so the session is ended.
  await until(() => published.length === 2);
  expect(published).toEqual([11, 12]);
  const { rows } = await other.query('SELECT status, last_seq FROM chat_sessions WHERE id = $1', [late.id]);
  expect(rows).toEqual([{ status: 'closed', last_seq: 12 }]);
});

it('[O2] without Postgres it stays up and reports it, and recovers within 10 s of its return', async () => {
  const own = withoutPostgres;
  const proxy = await startFaultProxy(own.databaseUrl);
  onTestFinished(() => proxy.close());
  const service = await startSession(own, { DATABASE_URL: proxy.url });
  const here = await connectClient(own);
  const { id } = await people(here).startChat();
  const health = async () => accepted(await here.session.health({}));
  expect((await health()).status).toBe('up');

  const kept: string[] = [];
  const writing = new AbortController();
  const writer = (async () => {
    for (let n = 0; !writing.signal.aborted; n++) {
      const reply = await people(here).customerSays(id, `message ${n}`, `id-${n}`);
      if (reply.ok) kept.push(`message ${n}`);
      // Nothing was committed, or the outcome is unknown: never INTERNAL.
      else expect(['UNAVAILABLE', 'TIMEOUT']).toContain(reply.code);
    }
  })();
  await until(() => kept.length > 10);
  proxy.trouble({ cut: true });
  await until(async () => (await health()).parts.postgres?.status === 'down');
  expect((await health()).status).toBe('down');
  proxy.heal();
  const before = kept.length;
  await until(() => kept.length > before + 10, { within: 10_000 });
  expect((await health()).status).toBe('up');
  writing.abort();
  await writer;

  const contents = (await people(here).log(id)).map(({ content }) => content);
  expect(kept.filter((content) => !contents.includes(content))).toEqual([]);
  expect(new Set(contents).size).toBe(contents.length);
  expect(await service.stop()).toBe(0);
});

it('[O2] without NATS it stays up, and answers again within 10 s of its return', async () => {
  const own = withoutNats;
  const proxy = await startFaultProxy(own.natsUrl);
  onTestFinished(() => proxy.close());
  const service = await startSession(own, { NATS_URL: proxy.url });
  const here = await connectClient(own);
  const { id } = await people(here).startChat();
  proxy.trouble({ cut: true });
  await until(() => service.log().includes('NATS is gone'));
  expect(await here.session.get({ sessionId: id }, { timeoutMs: 500 })).toMatchObject({ code: 'UNAVAILABLE' });
  proxy.heal();
  await until(async () => (await here.session.get({ sessionId: id })).ok, { within: 10_000 });
  expect(await service.stop()).toBe(0);
});

it('ends sessions without activity, when it is configured to', async () => {
  const own = withExpiry;
  // 1.08 s, in hours.
  for (let n = 0; n < 2; n++) await startSession(own, { EXPIRE_AFTER_HOURS: '0.0003' });
  const here = await connectClient(own);
  const [silent, lively] = [await people(here).startChat(), await people(here).waitingChat()];
  const status = async (id: string) => accepted(await here.session.get({ sessionId: id })).session.status;
  await until(async () => {
    accepted(await people(here).customerSays(lively.id, 'still here'));
    return (await status(silent.id)) === 'closed';
  });
  expect(await status(lively.id)).toBe('waiting');
  expect(await people(here).log(silent.id)).toMatchObject([{ seq: 1 }, { seq: 2, change: { cause: 'expired' } }]);
});

it('[O3] reports every endpoint on $SRV with its schemas and correct counts, errors and times', async () => {
  const own = counted;
  await startSession(own);
  const here = await connectClient(own);
  const { id } = await people(here).startChat();
  for (let n = 0; n < 3; n++) accepted(await here.session.get({ sessionId: id }));
  await here.session.get({ sessionId: randomUUID() });
  const asked = async <T>(verb: string) => {
    const found: T[] = [];
    for await (const message of await here.nats.requestMany(`$SRV.${verb}.session`, '', { maxWait: 1_000 })) {
      const answer = message.json<T & { metadata: { root: string } }>();
      if (answer.metadata.root === own.subjectRoot) found.push(answer);
    }
    return found[0];
  };
  const info = await asked<{ endpoints: { name: string; subject: string; metadata: { request: string } }[] }>('INFO');
  expect(new Set(info?.endpoints.map(({ name }) => name))).toEqual(new Set(Object.keys(sessionApi.endpoints)));
  for (const endpoint of info?.endpoints ?? []) expect(JSON.parse(endpoint.metadata.request)).toBeTypeOf('object');
  const stats = await asked<{
    endpoints: {
      name: string;
      num_requests: number;
      num_errors: number;
      last_error: string;
      processing_time: number;
    }[];
  }>('STATS');
  const get = stats?.endpoints.find(({ name }) => name === 'get');
  expect(get).toMatchObject({ num_requests: 4, num_errors: 1, last_error: 'NOT_FOUND: There is no such chat.' });
  // 4 requests to Postgres take more than 0.1 ms.
  expect(get?.processing_time).toBeGreaterThan(100_000);
});

it('[S5] logs no message text, also of messages that Postgres rejects', async () => {
  const own = poisoned;
  const database = new pg.Client({ connectionString: own.databaseUrl });
  await database.connect();
  onTestFinished(() => database.end());
  await database.query("ALTER TABLE messages ADD CONSTRAINT no_poison CHECK (content NOT LIKE '%poison%')");
  const service = await startSession(own, { LOG_LEVEL: 'trace' });
  const here = await connectClient(own);
  const chats = await Promise.all(Array.from({ length: 10 }, () => people(here).startChat()));
  const replies = await Promise.all(
    chats.map(({ id }, n) => people(here).customerSays(id, n === 5 ? 'a poison text' : 'an innocent text')),
  );
  // [M1] The rejected message does not fail the others of its batch.
  const results = replies.flatMap((reply) => accepted(reply).results);
  expect(results.map((result) => result.ok)).toEqual(chats.map((_, n) => n !== 5));
  expect(results[5]).toMatchObject({ code: 'INTERNAL' });
  await until(() => service.log().includes('could not be written'));
  expect(service.log()).toContain('no_poison');
  expect(service.log()).not.toContain('poison text');
  expect(service.log()).not.toContain('innocent');
});

it('a reply that is too large for NATS is an error to its caller only', async () => {
  const service = await startSession(space);
  const metadata = { long: 'ü'.repeat(16_000) };
  const ids = await Promise.all(
    Array.from({ length: 60 }, async () => accepted(await session.create({ userId: 'u', metadata })).session.id),
  );
  expect(await session.getMany({ sessionIds: ids })).toMatchObject({ ok: false, code: 'INTERNAL' });
  expect(accepted(await session.getMany({ sessionIds: ids.slice(0, 5) })).sessions).toHaveLength(5);
  expect(await service.stop()).toBe(0);
});

it('[M1] stores messages while JetStream is unavailable', async () => {
  await startSession(space);
  const { id } = await startChat();
  const manager = await nats.jetstreamManager();
  await manager.streams.delete(subjects(space.subjectRoot).stream);
  expect(accepted(await customerSays(id, 'hello')).results[0]?.ok).toBe(true);
  expect(await log(id)).toHaveLength(2);
});
