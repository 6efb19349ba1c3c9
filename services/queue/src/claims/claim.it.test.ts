import { newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { createInstallation } from '../../test/installation.ts';

const space = await testSpace();
const installation = await createInstallation(space);
afterAll(installation.stop);
const { session, queue, redis, key, order, lengthIs } = installation;
await installation.startQueue();
await installation.startQueue();

beforeEach(installation.empty);

it('[C4] fifty agents who claim the next session at once get fifty different ones', async () => {
  for (let count = 0; count < 50; count++) session.open();
  await lengthIs(50);
  const agents = Array.from({ length: 50 }, () => session.join({ capacity: 1 }));
  const replies = await Promise.all(agents.map((agentId) => queue.claim({ agentId })));
  const got = replies.map((reply) => (reply.ok ? reply.value.session.id : reply.code));
  expect(new Set(got).size).toBe(50);
  expect(got.every((id) => session.sessions.has(id))).toBe(true);
  for (const [index, agentId] of agents.entries()) {
    expect(session.session(got[index] ?? '').assignedAgent).toBe(agentId);
  }
  await lengthIs(0);
});

it('[C4] fifty agents claim the same session: one gets it, the others are told who has it', async () => {
  const sessionId = session.open();
  await lengthIs(1);
  const agents = Array.from({ length: 50 }, () => session.join());
  const replies = await Promise.all(agents.map((agentId) => queue.claim({ agentId, sessionId })));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  const { agentName } = session.session(sessionId);
  for (const reply of replies) {
    if (!reply.ok) expect(reply).toEqual({ ok: false, code: 'ALREADY_TAKEN', message: `${agentName} has this chat.` });
  }
});

it('[C4] a claim that is repeated gives the same session again', async () => {
  const sessionId = session.open();
  await lengthIs(1);
  const agentId = session.join();
  const first = await queue.claim({ agentId, sessionId });
  expect(first).toMatchObject({ ok: true });
  expect(await queue.claim({ agentId, sessionId })).toEqual(first);
});

it('a claim finds a wait that has just started, before its event arrives', async () => {
  session.faults.publishesEvents = false;
  const waiting = [session.open({ since: Date.now() - 1_000 }), session.open()];
  const replies = await Promise.all([1, 2, 3].map(() => queue.claim({ agentId: session.join() })));
  expect(new Set(replies.flatMap((reply) => (reply.ok ? [reply.value.session.id] : [])))).toEqual(new Set(waiting));
  expect(replies.flatMap((reply) => (reply.ok ? [] : [reply.code]))).toEqual(['QUEUE_EMPTY']);
});

it('two agents who claim while the session service is slow try different sessions', async () => {
  const [first, second] = [session.open({ since: Date.now() - 2_000 }), session.open({ since: Date.now() - 1_000 })];
  await lengthIs(2);
  session.faults.delayMs = 200;
  const replies = await Promise.all([session.join(), session.join()].map((agentId) => queue.claim({ agentId })));
  expect(new Set(replies.map((reply) => reply.ok && reply.value.session.id))).toEqual(new Set([first, second]));
});

it('an agent without capacity is refused, and the session keeps its position', async () => {
  const first = session.open({ since: Date.now() - 60_000 });
  const second = session.open();
  await lengthIs(2);
  const full = session.join({ capacity: 1 });
  const claimed = await queue.claim({ agentId: full, sessionId: second });
  expect(claimed).toMatchObject({ ok: true });
  expect(await queue.claim({ agentId: full })).toMatchObject({ ok: false, code: 'AT_CAPACITY' });
  expect(await queue.claim({ agentId: session.join({ status: 'offline' }) })).toMatchObject({
    ok: false,
    code: 'AGENT_OFFLINE',
  });
  expect(await order()).toEqual([first]);
  // The reservation was released: another agent gets the session at once.
  const reply = await queue.claim({ agentId: session.join() });
  expect(reply).toMatchObject({ ok: true, value: { session: { id: first } } });
});

it('an agent that does not exist gets nothing, and every session keeps its position', async () => {
  const waiting = [session.open({ since: Date.now() - 60_000 }), session.open()];
  await lengthIs(2);
  expect(await queue.claim({ agentId: newId() })).toMatchObject({ ok: false, code: 'NOT_FOUND', field: 'agentId' });
  expect(await order()).toEqual(waiting);
  expect(await queue.claim({ agentId: session.join() })).toMatchObject({ value: { session: { id: waiting[0] } } });
});

it('a session that the bot has, or that is closed or unknown, cannot be claimed', async () => {
  const agentId = session.join();
  const bot = session.open();
  session.end(bot, 'bot');
  const closed = session.open();
  session.end(closed);
  expect(await queue.claim({ agentId, sessionId: bot })).toMatchObject({ ok: false, code: 'NOT_WAITING' });
  expect(await queue.claim({ agentId, sessionId: closed })).toMatchObject({ ok: false, code: 'SESSION_CLOSED' });
  expect(await queue.claim({ agentId, sessionId: newId() })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
});

it('a session that waits in Postgres can be claimed before it is in Redis', async () => {
  session.faults.publishesEvents = false;
  const sessionId = session.open();
  const agentId = session.join();
  expect(await queue.claim({ agentId, sessionId })).toMatchObject({ ok: true, value: { session: { id: sessionId } } });
});

it('a claim of the next session skips those that no longer wait', async () => {
  const gone = [session.open({ priority: 'high' }), session.open({ priority: 'high' })];
  const waits = session.open();
  await lengthIs(3);
  // Redis does not learn that they have left.
  session.faults.publishesEvents = false;
  for (const id of gone) session.end(id);
  const agentId = session.join();
  expect(await queue.claim({ agentId })).toMatchObject({ ok: true, value: { session: { id: waits } } });
  await lengthIs(0);
});

it('while the outcome is unknown no other agent tries the session; then Postgres decides', async () => {
  const sessionId = session.open();
  await lengthIs(1);
  const agentId = session.join();
  // Longer than the queue service waits for a reply.
  session.faults.delayMs = 5_500;
  const claiming = queue.claim({ agentId }, { timeoutMs: 8_000 });
  await until(async () => (await redis.hlen(key('queue:claims'))) === 1);
  const other = session.join();
  expect(await queue.claim({ agentId: other })).toMatchObject({ ok: false, code: 'QUEUE_EMPTY' });
  expect(await claiming).toMatchObject({ ok: false, code: 'TIMEOUT' });
  // It was committed after all, as Postgres and then the queue show.
  await until(() => session.session(sessionId).assignedAgent === agentId);
  await lengthIs(0);
});
