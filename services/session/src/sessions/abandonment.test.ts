import { expect, it } from 'vitest';
import { createScan } from './abandonment.ts';
import type { IdleSession } from './store-postgres.ts';

const quiet = (id: string, due = true): IdleSession => ({
  id,
  updatedAt: '2026-01-01T00:00:00.000Z',
  due,
  before: '2026-01-01T01:00:00.000Z',
});

/** A store and gateways in memory. `away` says who is away; every change that is requested is made. */
function world(sessions: IdleSession[]) {
  const away = new Set<string>();
  const ended: string[] = [];
  const it = { sessions, away, ended, gateway: true };
  const look = createScan(
    {
      store: {
        findIdle: async (_, after, limit) => {
          const from = after === null ? 0 : it.sessions.findIndex(({ id }) => id === after.id) + 1;
          return it.sessions.slice(from, from + limit);
        },
      },
      hasGateway: async () => it.gateway,
      isAway: async (id) => away.has(id),
      control: {
        changeAll: async (ids, _decide: unknown) => {
          ended.push(...ids);
          it.sessions = it.sessions.filter(({ id }) => !ids.includes(id));
          return new Map(ids.map((id) => [id, { kind: 'changed' } as never]));
        },
      },
    },
    60,
  );
  return Object.assign(it, { look });
}

it('ends a session whose customer was away in three scans in a row, and no other', async () => {
  const { look, away, ended } = world([quiet('gone'), quiet('here')]);
  away.add('gone');
  expect([await look(), await look()]).toEqual([0, 0]);
  expect(ended).toEqual([]);
  expect(await look()).toBe(1);
  expect(ended).toEqual(['gone']);
});

it('starts counting again after the customer was connected or wrote', async () => {
  const it = world([quiet('back'), quiet('wrote')]);
  for (const id of ['back', 'wrote']) it.away.add(id);
  await it.look();
  await it.look();
  it.away.delete('back');
  it.sessions = [quiet('back')];
  await it.look();
  it.away.add('back');
  it.sessions = [quiet('back'), quiet('wrote')];
  await it.look();
  await it.look();
  expect(it.ended).toEqual([]);
  expect(await it.look()).toBe(2);
});

it('ends no session that is not due, however long its customer is away', async () => {
  const it = world([quiet('young', false)]);
  it.away.add('young');
  for (let n = 0; n < 5; n++) expect(await it.look()).toBe(0);
  it.sessions = [quiet('young')];
  expect(await it.look()).toBe(1);
});

it('counts every customer as present when no gateway answers', async () => {
  const it = world([quiet('unreachable')]);
  it.away.add('unreachable');
  await it.look();
  await it.look();
  it.gateway = false;
  for (let n = 0; n < 5; n++) expect(await it.look()).toBe(0);
  it.gateway = true;
  expect([await it.look(), await it.look(), await it.look()]).toEqual([0, 0, 1]);
});

it('scans many sessions page by page while it ends them', async () => {
  const it = world(Array.from({ length: 12_000 }, (_, n) => quiet(`chat-${n}`)));
  for (const { id } of it.sessions) it.away.add(id);
  await it.look();
  await it.look();
  expect(await it.look()).toBe(12_000);
});
