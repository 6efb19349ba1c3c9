import { newId } from '@baton/runtime';
import { testSpace } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { granted } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const settings = { RESUME_ENDED_WITHIN_MINUTES: '60', RESUME_WITHIN_DAYS: '90' };
const { services, left, right, client, customer, agent } = await startSystem(space, settings);

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const chatOf = (sessionId: string) => {
  const chat = services.session.sessions.get(sessionId);
  if (chat === undefined) throw new Error('no such chat');
  return chat;
};
const withoutTrace = (answer: object) => ({ ...answer, traceId: undefined });
/** The expiry in a token. */
const lastsUntil = (token: string) => Number.parseInt(token.split('.')[1] ?? '', 36);

describe('[S1] the time in which a customer can come back to a chat', () => {
  it('ends some time after the chat, for the log as well, and then tells nothing', async () => {
    const { sessionId, token, ...ann } = await customer(left);
    granted(await ann.ask('customer:send_message', { sessionId, content: 'a secret' }));
    granted(await ann.ask('customer:end_chat', { sessionId }));

    chatOf(sessionId).session.closedAt = ago(59 * MINUTE);
    const back = client(right);
    const resumed = granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 0 }));
    expect(resumed.session.status).toBe('closed');
    granted(await back.ask('customer:rate_chat', { sessionId, rating: 5 }));

    chatOf(sessionId).session.closedAt = ago(61 * MINUTE);
    const late = client(left);
    // Also what is sent right behind the return, while the record is still being read.
    const [return_, entries, rating, seen] = await Promise.all([
      late.ask('customer:resume_chat', { sessionId, token: resumed.token, lastSeq: 0 }),
      late.ask('customer:list_entries', { sessionId }),
      late.ask('customer:rate_chat', { sessionId, rating: 1 }),
      late.ask('seen', { sessionId, seq: 1 }),
    ]);
    const absent = await late.ask('customer:resume_chat', { sessionId: newId(), token: 'made up', lastSeq: 0 });
    for (const answer of [return_, entries, rating, seen]) expect(withoutTrace(answer)).toEqual(withoutTrace(absent));
    expect(JSON.stringify(late.received)).not.toContain('a secret');
    expect(chatOf(sessionId).rating?.score).toBe(5);
  });

  it('ends so many days after the start, however often somebody comes back', async () => {
    const { sessionId, token } = await customer(left);
    const { session } = chatOf(sessionId);
    let last = token;
    for (const days of [30, 60, 89]) {
      session.createdAt = ago(days * DAY);
      const back = client(right);
      last = granted(await back.ask('customer:resume_chat', { sessionId, token: last, lastSeq: 0 })).token;
      expect(lastsUntil(last)).toBeLessThanOrEqual(Date.parse(session.createdAt) + 90 * DAY);
    }
    session.createdAt = ago(91 * DAY);
    const late = await client(left).ask('customer:resume_chat', { sessionId, token, lastSeq: 0 });
    expect(late).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  });

  it('is not renewed by repeating the start: within minutes it gives the same chat, later nothing', async () => {
    const start = { userId: 'ann', startId: newId() };
    const first = granted(await client(left).ask('customer:start_chat', start));
    const again = granted(await client(right).ask('customer:start_chat', start));
    expect(again.session.id).toBe(first.session.id);
    chatOf(first.session.id).session.createdAt = ago(11 * MINUTE);
    const late = client(right);
    const [refused, entries] = [
      await late.ask('customer:start_chat', start),
      await late.ask('customer:list_entries', { sessionId: first.session.id }),
    ];
    expect(refused).toMatchObject({ ok: false, code: 'ID_REUSED', field: 'startId' });
    expect(entries).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  });
});

it('[S1] what began the stay of an agent can be repeated for minutes only', async () => {
  const join = { name: 'Eve', joinId: newId() };
  const { agentId } = granted(await client(left).ask('agent:join', join));
  expect(granted(await client(left).ask('agent:join', join)).agentId).toBe(agentId);
  const record = services.session.agents.get(agentId);
  if (record) record.joinedAt = ago(11 * MINUTE);
  expect(await client(left).ask('agent:join', join)).toMatchObject({ ok: false, code: 'ID_REUSED', field: 'joinId' });
  expect((await agent(left)).agentId).not.toBe(agentId);
});
