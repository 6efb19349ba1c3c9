import { setTimeout as pause } from 'node:timers/promises';
import { type AgentRated, channels } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';

const space = await testSpace();
const database = new pg.Client({ connectionString: space.databaseUrl });
await database.connect();
afterAll(() => database.end());
await startSession(space);
const client = await connectClient(space);
const { session } = client;
const { startChat, waitingChat, assignedChat, agent, customerSays, agentSays, botSays } = people(client);

const analyticsOf = async (sessionId: string) => {
  const { rows } = await database.query('SELECT * FROM session_analytics WHERE session_id = $1', [sessionId]);
  return rows[0];
};

it('counts messages by sender, the times to answer, wait and handle, and tokens', async () => {
  const agentId = await agent('Ann');
  const { id } = await startChat();
  accepted(await botSays(id, 1, 'welcome', 1));
  expect(await analyticsOf(id)).toMatchObject({ first_response_time: null, bot_messages: 1 });
  accepted(await customerSays(id, 'one'));
  accepted(await customerSays(id, 'two'));
  await pause(30);
  accepted(
    await session.append({
      sessionId: id,
      author: { type: 'bot', epoch: 1 },
      messages: [{ content: 'answer', inReplyTo: 4, metadata: { usage: { promptTokens: 120, completionTokens: 7 } } }],
    }),
  );
  accepted(await session.transfer({ sessionId: id, cause: 'customer_requested', reason: 'x' }));
  await pause(30);
  accepted(await session.assign({ sessionId: id, agentId }));
  accepted(await agentSays(id, agentId, 'hello'));
  await pause(30);
  accepted(await session.close({ sessionId: id, by: 'agent', agentId }));
  const statistics = await analyticsOf(id);
  expect(statistics).toMatchObject({
    total_messages: 5,
    user_messages: 2,
    bot_messages: 2,
    agent_messages: 1,
    was_transferred: true,
    session_duration: 0,
    holds: 1,
    first_agent_id: agentId,
    last_agent_id: agentId,
    closed_by: 'agent',
    closed_cause: 'agent_closed',
    prompt_tokens: 120,
    completion_tokens: 7,
  });
  for (const seconds of [statistics.waiting_time, statistics.handling_time, statistics.first_response_time / 1_000]) {
    expect(seconds).toBeGreaterThanOrEqual(0.025);
    expect(seconds).toBeLessThan(5);
  }
});

it('agree with the log under concurrent writes', async () => {
  const { id } = await startChat();
  await Promise.all(
    Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? botSays(id, 1, `b ${n}`) : customerSays(id, `c ${n}`))),
  );
  const { total, system, ...counts } = accepted(await session.countEntries({ sessionId: id }));
  const statistics = await analyticsOf(id);
  expect(counts).toEqual({
    messages: statistics.total_messages,
    user: statistics.user_messages,
    bot: statistics.bot_messages,
    agent: statistics.agent_messages,
  });
  expect({ total, system }).toEqual({ total: 61, system: 0 });
});

it('summarize the system', async () => {
  const before = accepted(await session.stats({}));
  const agentId = await agent('Ann', 1);
  await startChat();
  await waitingChat();
  const { id } = await assignedChat(agentId);
  accepted(await customerSays(id, 'hello'));
  const ended = await startChat();
  accepted(await customerSays(ended.id, 'that was all'));
  const withoutAWord = await startChat();
  accepted(await session.close({ sessionId: withoutAWord.id, by: 'user' }));
  accepted(await session.close({ sessionId: ended.id, by: 'user' }));
  // Statistics that were slow to compute are kept for a moment.
  const after = await until(async () => {
    const now = accepted(await session.stats({}));
    return now.totalSessions - before.totalSessions === 5 && now;
  });
  expect(after.activeSessions - before.activeSessions).toBe(3);
  expect(after.sessionsByStatus.closed - before.sessionsByStatus.closed).toBe(2);
  for (const status of ['bot', 'waiting', 'agent'] as const)
    expect(after.sessionsByStatus[status] - before.sessionsByStatus[status]).toBe(1);
  expect(after.totalAgents - before.totalAgents).toBe(1);
  expect(after.availableAgents - before.availableAgents).toBe(0);
  expect(after.messagesLast24h - before.messagesLast24h).toBe(2);
  expect(after.transfersLast24h - before.transfersLast24h).toBe(2);
  // Of Ann's first session and the one that ended; a session without a message counts as unresolved.
  expect(after.botResolutionShare).toBe(0.5);
  expect(after.abandonedLast24h).toBe((before.abandonedLast24h ?? 0) + 1);
  expect(after.averageWaitSeconds).toBeGreaterThan(0);
  expect(after.averageHandlingSeconds).toBeGreaterThan(0);
});

it("keep the customer's newest rating, also of a closed session", async () => {
  const { id } = await startChat();
  expect(accepted(await session.rate({ sessionId: id, rating: 2, comment: 'slow' }))).toEqual({});
  accepted(await session.close({ sessionId: id, by: 'user' }));
  accepted(await session.rate({ sessionId: id, rating: 5 }));
  expect(await analyticsOf(id)).toMatchObject({ rating: 5, rating_comment: null, rated_at: expect.any(Date) });
  const other = await startChat();
  accepted(await session.rate({ sessionId: other.id, rating: 4, comment: 'fine' }));
  expect(await analyticsOf(other.id)).toMatchObject({ rating: 4, rating_comment: 'fine' });
  const old = await startChat();
  accepted(await session.rate({ sessionId: old.id, rating: 1 }));
  await database.query("UPDATE session_analytics SET rated_at = now() - interval '25 hours' WHERE session_id = $1", [
    old.id,
  ]);
  await until(async () => accepted(await session.stats({})).averageRating === 4.5);
  const nobody = await session.rate({ sessionId: '0190a000-0000-7000-8000-000000000000', rating: 5 });
  expect(refusal(nobody)).toBe('NOT_FOUND');
  expect(refusal(await session.rate({ sessionId: id, rating: 6 }))).toBe('VALIDATION_FAILED');
});

it('publish a rating to the assigned or last agent, and list the newest in the statistics', async () => {
  const agentId = await agent('Ann');
  const told: AgentRated[] = [];
  const subscription = client.bus.subscribe(channels.agent.rated, { agent: agentId }, (rated) => told.push(rated));
  await subscription.ready();
  const { id } = await assignedChat(agentId);
  expect(accepted(await session.getWithEntries({ sessionId: id })).rating).toBeNull();
  accepted(await session.rate({ sessionId: id, rating: 2 }));
  accepted(await session.close({ sessionId: id, by: 'user' }));
  accepted(await session.rate({ sessionId: id, rating: 3, comment: 'too "slow"' }));
  await until(() => told.length === 2);
  await subscription.leave();
  const rating = { score: 3, comment: 'too "slow"', ratedAt: expect.any(String) };
  expect(told[1]).toEqual({ agentId, sessionId: id, rating });
  expect(accepted(await session.getWithEntries({ sessionId: id })).rating).toEqual(rating);
  const unrated = await assignedChat(agentId);
  accepted(await session.close({ sessionId: unrated.id, by: 'user' }));
  const ended = accepted(await session.listEndedSessions({ agentId })).sessions;
  expect(ended.map((one) => [one.id, one.rating])).toEqual([
    [unrated.id, null],
    [id, rating],
  ]);

  const withBot = accepted(await session.create({ userId: 'u-7', metadata: { name: 'Mira' } })).session;
  accepted(await session.rate({ sessionId: withBot.id, rating: 5 }));
  const stats = await until(async () => {
    const now = accepted(await session.stats({}));
    return now.recentRatings?.[0]?.sessionId === withBot.id && now;
  });
  expect(stats.recentRatings?.slice(0, 2)).toEqual([
    {
      sessionId: withBot.id,
      userId: 'u-7',
      customerName: 'Mira',
      agentId: null,
      agentName: null,
      score: 5,
      comment: null,
      ratedAt: expect.any(String),
    },
    expect.objectContaining({ sessionId: id, agentId, agentName: 'Ann', ...rating }),
  ]);
  const { rows } = await database.query(
    "SELECT count(*)::int AS ratings FROM session_analytics WHERE rated_at > now() - interval '24 hours'",
  );
  expect(stats.ratingsLast24h).toBe(rows[0].ratings);
  expect(stats.recentRatings).toHaveLength(rows[0].ratings);
});

it('have each of the last 24 hours, also those without activity', async () => {
  const { hours, timestamp } = accepted(await session.stats({}));
  expect(hours).toHaveLength(24);
  const starts = hours.map(({ hour }) => Date.parse(hour));
  expect(starts.every((start, index) => index === 0 || start - (starts[index - 1] ?? 0) === 3_600_000)).toBe(true);
  expect(Date.parse(timestamp) - (starts.at(-1) ?? 0)).toBeLessThan(3_600_000);
  const sum = (pick: (hour: (typeof hours)[number]) => number) => hours.reduce((total, hour) => total + pick(hour), 0);
  const { rows } = await database.query(`SELECT count(*)::int AS closed,
    (count(*) FILTER (WHERE f.first_agent_id IS NULL AND f.first_customer_at IS NOT NULL))::int AS by_bot,
    (count(*) FILTER (WHERE f.first_agent_id IS NULL AND f.first_customer_at IS NULL))::int AS abandoned
    FROM chat_sessions s JOIN session_analytics f ON f.session_id = s.id WHERE closed_at IS NOT NULL`);
  expect({
    closed: sum((hour) => hour.closed),
    by_bot: sum((hour) => hour.closedByBot),
    abandoned: sum((hour) => hour.abandoned ?? 0),
  }).toEqual(rows[0]);
  const said = await database.query("SELECT count(*)::int AS messages FROM messages WHERE kind = 'message'");
  expect(sum((hour) => hour.messages)).toBe(said.rows[0].messages);
  expect(hours[0]).toMatchObject({ messages: 0, averageWaitSeconds: null, averageHandlingSeconds: null, closed: 0 });
});

it('[Q4] have recent handling times, and the capacity online', async () => {
  const { seconds, agentsOnDuty, totalCapacity } = accepted(await session.handlingTimes({}));
  const agentId = await agent('Quick', 7);
  const { id } = await assignedChat(agentId);
  await pause(30);
  accepted(await session.close({ sessionId: id, by: 'user' }));
  const after = accepted(await session.handlingTimes({ limit: seconds.length + 1 }));
  expect(after.seconds).toHaveLength(seconds.length + 1);
  expect(after.seconds[0]).toBeGreaterThanOrEqual(0.025);
  expect(after.agentsOnDuty).toBe(agentsOnDuty + 1);
  expect(after.totalCapacity).toBe(totalCapacity + 7);
});

it('are deleted with old sessions only', async () => {
  const [old, young] = [await startChat(), await startChat()];
  for (const { id } of [old, young]) accepted(await session.close({ sessionId: id, by: 'user' }));
  await database.query("UPDATE chat_sessions SET closed_at = now() - interval '31 days' WHERE id = $1", [old.id]);
  const many = `INSERT INTO chat_sessions (id, user_id, status, closed_at)
    SELECT gen_random_uuid()::text, 'old', 'closed', now() - interval '40 days' FROM generate_series(1, 450)`;
  await database.query(many);
  expect(accepted(await session.cleanup({ olderThanDays: 30 })).deleted).toBe(451);
  expect(accepted(await session.cleanup({ olderThanDays: 30 })).deleted).toBe(0);
  expect(accepted(await session.heads({ sessionIds: [old.id, young.id] })).heads).toMatchObject([
    { sessionId: young.id },
  ]);
  expect(await analyticsOf(old.id)).toBeUndefined();
});
