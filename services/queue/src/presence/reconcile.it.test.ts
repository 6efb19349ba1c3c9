import { testSpace, until } from '@baton/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInstallation } from '../../test/installation.ts';

const GRACE_MS = 1_500;
const space = await testSpace();
const installation = await createInstallation(space);
afterAll(installation.stop);
const { session, queue, redis, key } = installation;
await installation.startQueue({ AGENT_GRACE_MS: String(GRACE_MS) });
await installation.startQueue({ AGENT_GRACE_MS: String(GRACE_MS) });

/** A gateway that reports its agents, as often as the grace period of this test needs. */
function gateway(gatewayId: string) {
  const agents = new Set<string>();
  const pairs = (ids: Iterable<string>) => [...ids].map((agentId) => ({ agentId, gatewayId }));
  let timer: NodeJS.Timeout | undefined;
  const report = () => queue.presence({ present: pairs(agents) });
  return {
    agents,
    report,
    start() {
      timer = setInterval(() => void report(), 200);
    },
    gone: (agentId: string) => {
      agents.delete(agentId);
      return queue.presence({ present: pairs(agents), gone: pairs([agentId]) });
    },
    stop: () => clearInterval(timer),
  };
}

const [one, two] = [gateway('gateway-1'), gateway('gateway-2')];
beforeEach(async () => {
  await installation.empty();
  await redis.del(['seen', 'connected', 'gateways'].map((name) => key(`presence:${name}`)));
  one.agents.clear();
  two.agents.clear();
  one.start();
  two.start();
});
afterEach(() => {
  one.stop();
  two.stop();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const assigned = async (agentId: string) => {
  const sessionId = session.open({ since: Date.now() - 60_000 });
  expect(await queue.claim({ agentId, sessionId })).toMatchObject({ ok: true });
  return sessionId;
};

describe('[Q3] no session is stuck', () => {
  it('sessions of an agent who vanishes for the grace period return to the queue; others notice nothing', async () => {
    const [vanishes, stays] = [session.join(), session.join()];
    one.agents.add(vanishes).add(stays);
    await one.report();
    const [lost, kept] = [await assigned(vanishes), await assigned(stays)];
    const left = performance.now();
    await one.gone(vanishes);
    await until(() => session.released.length > 0, { within: GRACE_MS + 3_000 });
    expect(performance.now() - left).toBeGreaterThan(GRACE_MS - 50);
    await installation.lengthIs(1, 1_000);
    expect(await installation.order()).toEqual([lost]);
    expect(session.session(lost).status).toBe('waiting');
    expect(session.session(kept).assignedAgent).toBe(stays);
    expect(session.released).toEqual([vanishes]);
  });

  it('an agent who returns within the grace period notices nothing, also on another gateway', async () => {
    const agentId = session.join();
    one.agents.add(agentId);
    await one.report();
    const sessionId = await assigned(agentId);
    await one.gone(agentId);
    await pause(GRACE_MS / 2);
    two.agents.add(agentId);
    await pause(GRACE_MS * 2);
    expect(session.released).toEqual([]);
    expect(session.session(sessionId).assignedAgent).toBe(agentId);
  });

  it('a late report that an agent has left one gateway does not count when it is on another', async () => {
    const agentId = session.join();
    one.agents.add(agentId);
    await one.report();
    one.agents.delete(agentId);
    two.agents.add(agentId);
    await two.report();
    expect(await one.gone(agentId)).toEqual({ ok: true, value: { present: 1 } });
  });

  it('a vanished agent without sessions goes offline too, once', async () => {
    const agentId = session.join();
    one.agents.add(agentId);
    await one.report();
    one.agents.clear();
    await until(() => session.agents.get(agentId)?.status === 'offline', { within: GRACE_MS + 3_000 });
    await pause(GRACE_MS);
    expect(session.released).toEqual([agentId]);
    expect(await redis.zscore(key('presence:seen'), agentId)).toBeNull();
  });

  it('a vanished agent who is online again has a full grace period', async () => {
    const agentId = session.join({ status: 'offline' });
    // It was last seen long ago.
    await redis.zadd(key('presence:seen'), Date.now() - 3_600_000, agentId);
    const agent = session.agents.get(agentId);
    await until(async () => (await redis.zscore(key('presence:seen'), agentId)) === null);
    if (agent) agent.status = 'available';
    await pause(GRACE_MS * 0.8);
    expect(session.released).toEqual([]);
    await until(() => session.released.length === 1, { within: GRACE_MS + 3_000 });
  });

  it('when Redis has lost its data, agents have a full grace period again', async () => {
    const agents = Array.from({ length: 5 }, () => session.join());
    for (const agentId of agents) one.agents.add(agentId);
    await one.report();
    // All gateways are silent for most of the grace period; then Redis loses its data.
    one.stop();
    await pause(GRACE_MS * 0.8);
    await installation.loseRedisData();
    await pause(GRACE_MS * 0.7);
    expect(session.released).toEqual([]);
    one.start();
    await pause(GRACE_MS);
    expect(session.released).toEqual([]);
  });
});

describe('chat:active_sessions', () => {
  const byText = (a: string, b: string) => (a < b ? -1 : 1);
  const members = async () => (await redis.smembers(key('active_sessions'))).sort(byText);
  const assignments = () => redis.hgetall(key('queue:assignments'));
  const twoAssigned = async () => {
    const agentId = session.join();
    one.agents.add(agentId);
    await one.report();
    const assignedIds = [await assigned(agentId), await assigned(agentId)].sort(byText);
    return { agentId, assignedIds, expected: Object.fromEntries(assignedIds.map((sessionId) => [sessionId, agentId])) };
  };
  const isRight = (assignedIds: string[], expected: Record<string, string>) =>
    until(async () => {
      expect(await members()).toEqual(assignedIds);
      expect(await assignments()).toEqual(expected);
      return true;
    });

  it('is the set of assigned sessions, and is repaired after a loss', async () => {
    const { assignedIds, expected } = await twoAssigned();
    await isRight(assignedIds, expected);
    await installation.loseRedisData();
    await redis.hset(key('queue:assignments'), 'nobody-knows', 'this-agent');
    await isRight(assignedIds, expected);
    session.end(assignedIds[0] ?? '');
    await until(async () => (await members()).join() === assignedIds[1]);
  });

  it('is rebuilt when its members were replaced', async () => {
    const { assignedIds, expected } = await twoAssigned();
    await isRight(assignedIds, expected);
    await redis.srem(key('active_sessions'), assignedIds[0] ?? '');
    await redis.sadd(key('active_sessions'), 'a-stranger');
    await isRight(assignedIds, expected);
  });

  it('migrates the hash of an earlier release, which had its name', async () => {
    const { agentId, assignedIds, expected } = await twoAssigned();
    await isRight(assignedIds, expected);
    await redis.del(key('active_sessions'), key('queue:assignments'));
    await redis.hset(key('active_sessions'), Object.fromEntries(assignedIds.map((sessionId) => [sessionId, agentId])));
    await isRight(assignedIds, expected);
  });
});
