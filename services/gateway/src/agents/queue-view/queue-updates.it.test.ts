import { testSpace, until } from '@baton/testkit';
import { expect, it } from 'vitest';
import { granted } from '../../../test/gateways.ts';
import { startSystem } from '../../../test/system.ts';

const space = await testSpace();
const { services, left, right, client, agent } = await startSystem(space);

const crowd = (count: number, filler = 'x') => {
  for (let n = 0; n < count; n++) {
    const chat = services.session.open({ userId: `customer ${n}`, metadata: { filler } });
    services.handOff(chat, n % 10 === 0 ? 'high' : 'normal', 'in the crowd');
  }
};

it('[Q1] agents on every gateway are sent one bounded list, high before normal, coalesced, whatever waits', async () => {
  const eve = await agent(left, 'Eve');
  const zoe = await agent(right, 'Zoe');
  await until(() => eve.of('queue:update').length > 0 && zoe.of('queue:update').length > 0);
  const start = Date.now();
  crowd(450, 'x'.repeat(2_000));
  for (let n = 0; n < 300; n++) {
    services.notifyOfQueue();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(() => eve.of('queue:update').at(-1)?.total === 450 && zoe.of('queue:update').at(-1)?.total === 450);
  const seconds = (Date.now() - start) / 1_000;
  for (const one of [eve, zoe]) {
    const updates = one.of('queue:update');
    const last = updates.at(-1);
    expect(last?.sessions.length).toBeLessThanOrEqual(50);
    expect(last?.sessions.slice(0, 45).every(({ queueInfo }) => queueInfo.priority === 'high')).toBe(true);
    expect(last?.sessions.map(({ queueInfo }) => queueInfo.position)).toEqual(
      last?.sessions.map((_, index) => index + 1),
    );
    for (const update of updates) expect(JSON.stringify(update).length).toBeLessThan(70_000);
    // Each of the two gateways may send one every 300 ms.
    expect(updates.length).toBeLessThanOrEqual(2 * (seconds / 0.3) + 4);
  }
});

it('[Q2] an agent that applies changes is sent the order and what is new in it, not the whole list again', async () => {
  const eve = client(left);
  granted(await eve.ask('agent:join', { name: 'Eve', queueChanges: true }));
  const zoe = await agent(right, 'Zoe');
  await until(() => eve.of('queue:update').length === 1 && zoe.of('queue:update').length > 0);
  const chat = services.session.open({ userId: 'urgent' });
  services.handOff(chat, 'high', 'at once');
  const { id } = chat.session;
  await until(() =>
    zoe
      .of('queue:update')
      .at(-1)
      ?.sessions.some((one) => one.id === id),
  );
  await until(() => eve.of('queue:changes').at(-1)?.order.includes(id));
  const { order, total } = eve.of('queue:changes').at(-1) ?? { order: [], total: 0 };
  const whole = zoe.of('queue:update').at(-1);
  expect({ order, total }).toEqual({ order: whole?.sessions.map((one) => one.id), total: whole?.total });
  expect(eve.of('queue:changes').flatMap(({ sessions }) => sessions.map((one) => one.id))).toContain(id);
  expect(eve.of('queue:update')).toHaveLength(1);
  expect(zoe.of('queue:changes')).toEqual([]);
});

it('an agent that wants to see more gets page after page, until the last', async () => {
  const eve = await agent(left, 'Eve');
  const seen: string[] = [];
  const first = granted(await eve.ask('agent:list_waiting', { after: 0 }));
  expect(first.total).toBe(451);
  let page = first;
  for (let pages = 1; ; pages++) {
    seen.push(...page.sessions.map(({ id }) => id));
    expect(page.sessions.map(({ queueInfo }) => queueInfo.position)).toEqual(
      page.sessions.map((_, index) => seen.length - page.sessions.length + index + 1),
    );
    expect(JSON.stringify(page).length).toBeLessThan(70_000);
    if (page.next === null) break;
    expect(pages).toBeLessThan(60);
    page = granted(await eve.ask('agent:list_waiting', { after: page.next }));
  }
  expect(new Set(seen)).toEqual(new Set(services.session.sessions.keys()));
  expect(seen).toHaveLength(451);
  expect(granted(await eve.ask('agent:list_waiting', {})).sessions[0]?.queueInfo.position).toBe(51);
  expect(granted(await eve.ask('agent:list_waiting', { after: 451 }))).toMatchObject({ sessions: [], next: null });
  expect(await client(left).ask('agent:list_waiting', {})).toMatchObject({ ok: false, code: 'UNAUTHENTICATED' });
});

it('an agent that joins sees the list at once', async () => {
  crowd(3);
  services.faults.loseNotifications = true;
  const eve = await agent(left);
  await until(() => eve.of('queue:update').length > 0, { within: 2_000 });
  expect(eve.of('queue:update')[0]?.total).toBeGreaterThanOrEqual(3);
  expect(eve.of('queue:update')[0]?.autoAssign).toBe(true);
});

it('[Q2] a change whose notification is lost is seen within seconds', async () => {
  const eve = await agent(left);
  await until(() => eve.of('queue:update').length > 0);
  const before = eve.of('queue:update').at(-1)?.total ?? 0;
  services.faults.loseNotifications = true;
  crowd(1);
  await until(() => eve.of('queue:update').at(-1)?.total === before + 1, { within: 6_500 });
});
