import { randomUUID } from 'node:crypto';
import { type Asked, type ControlEvent, channels, type LiveEntries } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';

const space = await testSpace();
await startSession(space, { ANSWER_DEADLINE_MS: '3600000' });
const client = await connectClient(space);
const { session, bus } = client;
const { customerSays, agent } = people(client);

const SOURCE = 'address-of-ada.ada-at-it';

it('[S6] the source of a session is published with everything that makes the bot work, and with nothing else', async () => {
  const heard = { control: [] as ControlEvent[], asked: [] as Asked[], entries: [] as LiveEntries[] };
  bus.subscribe(channels.event.control, {}, (event) => heard.control.push(event));
  bus.subscribe(channels.bot.asked, {}, (asked) => heard.asked.push(asked));
  bus.subscribe(channels.live.entry, {}, (entries) => heard.entries.push(entries));
  await bus.flush();
  const start = { userId: `user-${randomUUID()}`, startId: randomUUID() };
  const { id } = accepted(await session.create({ ...start, source: SOURCE })).session;
  accepted(await customerSays(id, 'Where is my order?'));
  // Several messages use another statement than one.
  await Promise.all(Array.from({ length: 5 }, (_, n) => customerSays(id, `and ${n}`)));
  accepted(await session.transfer({ sessionId: id, reason: 'wants a human' }));
  accepted(await session.cancelTransfer({ sessionId: id, cause: 'customer_cancelled' }));
  const pendingReply = accepted(await session.listUnanswered({ olderThanMs: 0 })).sessions.find(
    ({ sessionId }) => sessionId === id,
  );
  expect(pendingReply).toMatchObject({ source: SOURCE });
  const repeat = accepted(await session.create(start));
  expect(repeat).toMatchObject({ repeated: true, session: { id } });

  const of = <T extends { sessionId: string }>(all: T[]) => all.filter(({ sessionId }) => sessionId === id);
  await until(() => of(heard.control).length === 3);
  for (const { source } of [...of(heard.control), ...of(heard.asked)]) expect(source).toBe(SOURCE);
  expect(of(heard.asked).length).toBeGreaterThanOrEqual(2);

  const agentId = await agent();
  accepted(await session.transfer({ sessionId: id, reason: 'wants a human' }));
  const shown = [
    repeat,
    await session.assign({ sessionId: id, agentId }),
    await session.get({ sessionId: id }),
    await session.getMany({ sessionIds: [id] }),
    await session.getWithEntries({ sessionId: id }),
    await session.listAgentSessions({ agentId }),
    await session.close({ sessionId: id, by: 'user' }),
    await session.listEndedSessions({ agentId }),
    of(heard.entries),
  ];
  expect(JSON.stringify(shown)).not.toContain('address-of-ada');
});

it('[S2] a source is two hashes, never an address or a name', async () => {
  for (const source of ['', '192.0.2.7', 'ada@example.com', `${'x'.repeat(65)}.y`, 'x.y\n'])
    expect(refusal(await session.create({ userId: 'u', source }))).toBe('VALIDATION_FAILED');
});

it('[S6] one address with hundreds of unanswered sessions does not hide the others from the reconciler', async () => {
  const start = async (source: string) => {
    const { id } = accepted(await session.create({ userId: `user-${randomUUID()}`, source })).session;
    accepted(await customerSays(id, 'hello?'));
    return id;
  };
  for (let n = 0; n < 30; n++) await start(`mallory.m${n}`);
  const late = [await start('ann.a'), await start('bob.b')];
  const { sessions } = accepted(await session.listUnanswered({ olderThanMs: 0, limit: 5 }));
  expect(sessions.map(({ sessionId }) => sessionId)).toEqual(expect.arrayContaining(late));
  const all = accepted(await session.listUnanswered({ olderThanMs: 0, limit: 200 })).sessions;
  expect(all.filter(({ source }) => source?.startsWith('mallory'))).toHaveLength(30);
});
