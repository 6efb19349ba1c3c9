import { channels } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInstallation } from '../../test/installation.ts';

const space = await testSpace();
const installation = await createInstallation(space);
afterAll(installation.stop);
const { session, queue, bus } = installation;
await installation.startQueue({ AUTO_ASSIGN: 'true' });
await installation.startQueue({ AUTO_ASSIGN: 'true' });

const connected = new Set<string>();
let reports: NodeJS.Timeout | undefined;
const report = () =>
  queue.presence({ present: [...connected].map((agentId) => ({ agentId, gatewayId: 'gateway-1' })) });
beforeEach(async () => {
  await installation.empty();
  connected.clear();
  reports = setInterval(() => void report(), 500);
});
afterEach(() => clearInterval(reports));

const comes = async (patch: Parameters<typeof session.join>[0] = {}) => {
  const agentId = session.join(patch);
  connected.add(agentId);
  await report();
  return agentId;
};
const assignedTo = (agentId: string) =>
  [...session.sessions.values()].filter((one) => one.session.assignedAgent === agentId);
const Q5_MS = 5_000;

describe('[Q5] sessions are assigned without being claimed', () => {
  it('the list says that auto-assign is on', async () => {
    expect(await queue.list({})).toMatchObject({ ok: true, value: { autoAssign: true } });
  });

  it('a session that starts to wait is assigned to a free agent', async () => {
    const agentId = await comes();
    const sessionId = session.open();
    await until(() => session.session(sessionId).assignedAgent === agentId, { within: Q5_MS });
  });

  it('an agent who comes online is assigned waiting sessions, in order, up to its capacity', async () => {
    const waiting = [5, 4, 3, 2, 1].map((minutes) => session.open({ since: Date.now() - minutes * 60_000 }));
    await installation.lengthIs(5);
    const agentId = await comes({ capacity: 3 });
    await until(() => assignedTo(agentId).length === 3, { within: Q5_MS });
    expect(waiting.slice(0, 3).every((id) => session.session(id).assignedAgent === agentId)).toBe(true);
    await until(async () => (await installation.order()).join() === waiting.slice(3).join());
  });

  it('an agent whose session ends is assigned the next one', async () => {
    const agentId = await comes({ capacity: 1 });
    const [first, second] = [session.open({ since: Date.now() - 60_000 }), session.open()];
    await until(() => assignedTo(agentId).length === 1, { within: Q5_MS });
    session.end(first);
    bus.publish(channels.agent.changed, { agent: agentId }, { agent: session.agent(agentId), removed: false });
    await until(() => session.session(second).assignedAgent === agentId, { within: Q5_MS });
  });

  it('distributes sessions evenly', async () => {
    const agents = [await comes(), await comes(), await comes()];
    for (let count = 0; count < 6; count++) session.open();
    await until(() => [...session.sessions.values()].every((one) => one.session.status === 'agent'), { within: Q5_MS });
    expect(agents.map((agentId) => assignedTo(agentId).length)).toEqual([2, 2, 2]);
  });

  it('assigns nothing to an agent who is busy, offline or not connected', async () => {
    await comes({ status: 'busy' });
    await comes({ status: 'offline' });
    session.join();
    const sessionId = session.open();
    await installation.lengthIs(1);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(session.session(sessionId).status).toBe('waiting');
  });

  it('more sessions than one run assigns are all assigned', async () => {
    const agents = await Promise.all(Array.from({ length: 12 }, () => comes({ capacity: 10 })));
    for (let count = 0; count < 120; count++) session.open();
    await until(() => [...session.sessions.values()].every((one) => one.session.status === 'agent'), { within: Q5_MS });
    expect(agents.every((agentId) => assignedTo(agentId).length === 10)).toBe(true);
  });
});
