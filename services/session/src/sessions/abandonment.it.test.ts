import { channels, gatewayApi, subjects } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, startSession } from '../../test/session-process.ts';

const space = await testSpace();
const client = await connectClient(space);
const { session, bus, nats } = client;
const { startChat, waitingChat, customerSays, botSays, log } = people(client);
// 1.2 s: a scan every 0.2 s.
for (let n = 0; n < 2; n++) await startSession(space, { END_ABANDONED_AFTER_MINUTES: '0.02' });

const status = async (id: string) => accepted(await session.get({ sessionId: id })).session.status;
const ageOf = async (id: string) =>
  Date.now() - Date.parse(accepted(await session.get({ sessionId: id })).session.updatedAt);

it('ends sessions without a connected page or a message as abandoned, which do not count as resolved', async () => {
  const early = await startChat();
  await until(async () => (await ageOf(early.id)) > 2_500);
  // Without a gateway no customer is known to be away.
  expect(await status(early.id)).toBe('bot');
  nats.subscribe(subjects(space.subjectRoot).endpoint(gatewayApi, 'connections'), {
    callback: (_, message) => void message.respond(JSON.stringify({ ok: true, value: {} })),
  });

  const [greeted, answered, open, waiting] = [
    await startChat(),
    await startChat(),
    await startChat(),
    await waitingChat(),
  ];
  bus.subscribe(channels.live.attendance, { session: open.id }, () => true);
  accepted(await customerSays(answered.id, 'where is my parcel?'));
  accepted(await botSays(answered.id, 1, 'It is on its way.', 2));
  for (const { id } of [early, greeted, answered])
    await until(async () => (await status(id)) === 'closed', { within: 10_000 });

  expect(await ageOf(open.id)).toBeGreaterThan(1_200);
  expect([await status(open.id), await status(waiting.id)]).toEqual(['bot', 'waiting']);
  expect((await log(answered.id)).at(-1)).toMatchObject({
    seq: 4,
    sender: 'system',
    content: 'The chat was ended because the customer had left it.',
    change: { from: 'bot', to: 'closed', cause: 'abandoned', by: 'system' },
  });
  const nothingSolved = { botResolutionShare: null, abandonedLast24h: 3, sessionsByStatus: { closed: 3 } };
  expect(accepted(await session.stats({}))).toMatchObject(nothingSolved);
  const { hours } = accepted(await session.stats({}));
  const sum = (pick: 'closed' | 'closedByBot' | 'abandoned') =>
    hours.reduce((total, hour) => total + (hour[pick] ?? 0), 0);
  expect([sum('closed'), sum('closedByBot'), sum('abandoned')]).toEqual([3, 0, 3]);

  // A session that the customer ended after a message to the bot counts as resolved.
  accepted(await customerSays(open.id, 'thank you'));
  accepted(await session.close({ sessionId: open.id, by: 'user' }));
  const share = await until(async () => accepted(await session.stats({})).botResolutionShare ?? undefined);
  expect(share).toBe(1);
});
