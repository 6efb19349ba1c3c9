import { testSpace, until } from '@baton/testkit';
import { startFaultProxy } from '@baton/testkit/fault-proxy';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createInstallation } from '../../test/installation.ts';

const GRACE_MS = 2_000;
const space = await testSpace();
const redisProxy = await startFaultProxy(space.redisUrl);
const natsProxy = await startFaultProxy(space.natsUrl);
const installation = await createInstallation(space, { redisUrl: redisProxy.url, natsUrl: natsProxy.url });
afterAll(async () => {
  await installation.stop();
  await redisProxy.close();
  await natsProxy.close();
});
const { session, queue } = installation;
await installation.startQueue({ AGENT_GRACE_MS: String(GRACE_MS) });
await installation.startQueue({ AGENT_GRACE_MS: String(GRACE_MS) });
beforeEach(installation.empty);

const healthIs = (status: string) =>
  until(
    async () => {
      const reply = await queue.health({});
      return reply.ok && reply.value.parts.redis?.status === status;
    },
    { what: `Redis is ${status}`, within: 10_000 },
  );

it('[O2] without Redis requests are refused at once, and the queue is correct within seconds of its return', async () => {
  const [stays, leaves] = [session.open({ since: Date.now() - 60_000 }), session.open()];
  await installation.lengthIs(2);
  redisProxy.trouble({ cut: true });

  const began = performance.now();
  const refused = await Promise.all([queue.length({}), queue.list({}), queue.stats({}), queue.debug({})]);
  expect(performance.now() - began).toBeLessThan(1_500);
  for (const reply of refused) expect(reply).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
  await healthIs('down');

  // Sessions change meanwhile. A named session can still be claimed, because Postgres decides.
  session.end(leaves);
  const comes = session.open({ priority: 'high' });
  const picked = session.open();
  const agentId = session.join();
  expect(await queue.claim({ agentId, sessionId: picked })).toMatchObject({ ok: true });
  expect(await queue.claim({ agentId })).toMatchObject({ ok: false, code: 'UNAVAILABLE' });

  redisProxy.heal();
  const back = performance.now();
  await until(async () => (await installation.order()).join() === [comes, stays].join(), { within: 10_000 });
  process.stderr.write(`correct again ${Math.round(performance.now() - back)} ms after Redis was back\n`);
  await healthIs('up');
});

it('[O2] a Redis that restarts empty loses no session', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => session.open({ since: Date.now() - 60_000 + index }));
  await installation.lengthIs(20);
  redisProxy.trouble({ cut: true });
  await installation.loseRedisData();
  redisProxy.heal();
  await installation.lengthIs(20, 10_000);
  expect(await installation.order()).toEqual(ids);
});

it('[O2] a Redis that accepts requests and answers none delays no caller', async () => {
  session.open();
  await installation.lengthIs(1);
  redisProxy.trouble({ frozen: true });
  const began = performance.now();
  expect(await queue.length({})).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
  expect(performance.now() - began).toBeLessThan(2_500);
  await healthIs('down');
  redisProxy.heal();
  await installation.lengthIs(1, 10_000);
});

describe('[Q3] agents who could not be reported stay online', () => {
  const report = (agentId: string) => queue.presence({ present: [{ agentId, gatewayId: 'gateway-1' }] });

  it.each([
    ['Redis', redisProxy],
    ['NATS', natsProxy],
  ] as const)(
    'because %s was unavailable',
    async (_name, gone) => {
      const agentId = session.join();
      expect(await report(agentId)).toMatchObject({ ok: true });
      gone.trouble({ cut: true });
      const cut = performance.now();
      await until(() => performance.now() - cut > GRACE_MS + 1_500, { within: 10_000 });
      gone.heal();
      // No agent is reported yet: for half a grace period all would be overdue if the pause counted.
      const isBack = await until(() => queue.length({}).then(({ ok }) => ok && performance.now()), { within: 10_000 });
      await until(() => performance.now() - isBack > GRACE_MS / 2);
      expect(session.released).toEqual([]);
      const reports = setInterval(() => void report(agentId), 300);
      await until(() => performance.now() - isBack > GRACE_MS * 2);
      clearInterval(reports);
      expect(session.released).toEqual([]);
      // The grace period does end.
      await until(() => session.released.length === 1, { within: GRACE_MS + 5_000 });
    },
    30_000,
  );
});
