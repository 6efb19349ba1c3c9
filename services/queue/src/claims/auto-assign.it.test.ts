import { testSpace, until } from '@baton/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInstallation } from '../../test/installation.ts';

const space = await testSpace();
const installation = await createInstallation(space);
afterAll(installation.stop);
const { session, queue, nats, subjects } = installation;
await installation.startQueue({ AUTO_ASSIGN: 'true' });
await installation.startQueue({ AUTO_ASSIGN: 'true' });

const there = new Set<string>();
let reports: NodeJS.Timeout | undefined;
const report = () => queue.presence({ present: [...there].map((agentId) => ({ agentId, gatewayId: 'gateway-1' })) });
beforeEach(async () => {
  await installation.empty();
  there.clear();
  reports = setInterval(() => void report(), 500);
});
afterEach(() => clearInterval(reports));

const comes = async (patch: Parameters<typeof session.join>[0] = {}) => {
  const agentId = session.join(patch);
  there.add(agentId);
  await report();
  return agentId;
};
const heldBy = (agentId: string) => [...session.kept.values()].filter((one) => one.session.assignedAgent === agentId);
const Q5_MS = 5_000;

describe('[Q5] work finds agents', () => {
  it('the list says so', async () => {
    expect(await queue.list({})).toMatchObject({ ok: true, value: { autoAssign: true } });
  });

  it('who comes into line is given to a free agent', async () => {
    const agentId = await comes();
    const sessionId = session.open();
    await until(() => session.session(sessionId).assignedAgent === agentId, { within: Q5_MS });
  });

  it('a free agent who comes is given who waits, in order, up to its capacity', async () => {
    const waiting = [5, 4, 3, 2, 1].map((minutes) => session.open({ since: Date.now() - minutes * 60_000 }));
    await installation.lengthIs(5);
    const agentId = await comes({ capacity: 3 });
    await until(() => heldBy(agentId).length === 3, { within: Q5_MS });
    expect(waiting.slice(0, 3).every((id) => session.session(id).assignedAgent === agentId)).toBe(true);
    await until(async () => (await installation.order()).join() === waiting.slice(3).join());
  });

  it('an agent whose chat ends is given the next one', async () => {
    const agentId = await comes({ capacity: 1 });
    const [first, second] = [session.open({ since: Date.now() - 60_000 }), session.open()];
    await until(() => heldBy(agentId).length === 1, { within: Q5_MS });
    session.end(first);
    nats.publish(subjects.agent(agentId, 'changed'), '{}');
    await until(() => session.session(second).assignedAgent === agentId, { within: Q5_MS });
  });

  it('shares out evenly', async () => {
    const agents = [await comes(), await comes(), await comes()];
    for (let count = 0; count < 6; count++) session.open();
    await until(() => [...session.kept.values()].every((one) => one.session.status === 'agent'), { within: Q5_MS });
    expect(agents.map((agentId) => heldBy(agentId).length)).toEqual([2, 2, 2]);
  });

  it('gives nothing to who is busy, offline or not there', async () => {
    await comes({ status: 'busy' });
    await comes({ status: 'offline' });
    session.join();
    const sessionId = session.open();
    await installation.lengthIs(1);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(session.session(sessionId).status).toBe('waiting');
  });

  it('more than one run gives out are all given', async () => {
    const agents = await Promise.all(Array.from({ length: 12 }, () => comes({ capacity: 10 })));
    for (let count = 0; count < 120; count++) session.open();
    await until(() => [...session.kept.values()].every((one) => one.session.status === 'agent'), { within: Q5_MS });
    expect(agents.every((agentId) => heldBy(agentId).length === 10)).toBe(true);
  });
});
