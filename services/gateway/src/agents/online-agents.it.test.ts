import { channels } from '@baton/contracts';
import { newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { granted, startTestGateway } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const { services, left, right, client, customer, agent, give } = await startSystem(space);

/** As if its machine had died: it reads nothing, answers nothing and closes nothing. */
function stopReading({ io }: ReturnType<typeof client>['socket']): void {
  // The TCP socket, which no public interface gives.
  const { ws } = io.engine.transport as unknown as { ws: { _socket: { pause(): void } } };
  ws._socket.pause();
}

describe('an agent', () => {
  it('comes back on another gateway to its sessions; its older connection is told and closed', async () => {
    const ann = await customer(left);
    const eve = await agent(left);
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);

    const back = client(right);
    const { agentId, token } = eve;
    const resumed = granted(await back.ask('agent:resume', { agentId, token }));
    expect(resumed.sessions.map(({ id }) => id)).toEqual([ann.sessionId]);
    expect(back.of('session:assigned')).toHaveLength(1);
    await until(() => eve.socket.disconnected);
    expect(eve.of('error')[0]).toMatchObject({ event: 'agent:resume', code: 'FORBIDDEN' });

    granted(await ann.ask('customer:send_message', { sessionId: ann.sessionId, content: 'Still there?' }));
    await until(() => back.of('message:received').length === 1);
    granted(await back.ask('agent:send_message', { sessionId: ann.sessionId, content: 'Yes' }));
    await until(() => services.presence.present.get(agentId) === 'right');
  });

  it('stays when an old notification comes late', async () => {
    const eve = await agent(left);
    const record = services.session.agents.get(eve.agentId);
    if (record === undefined) throw new Error('no such agent');
    services.bus.publish(
      channels.agent.changed,
      { agent: eve.agentId },
      {
        agent: { ...record, socketId: 'an older one', capacity: 99 },
        removed: false,
      },
    );
    services.bus.publish(
      channels.agent.changed,
      { agent: eve.agentId },
      {
        agent: { ...record, active: 3 },
        removed: false,
      },
    );
    await until(() => eve.of('agent:updated').length >= 2);
    expect(eve.of('agent:updated').map(({ agent: { active } }) => active)).toEqual([3, 0]);
    expect(eve.socket.connected).toBe(true);
  });

  it('[Q3] who leaves keeps its sessions for the grace period, and the queue is told', async () => {
    const ann = await customer(left);
    const eve = await agent(left);
    give(ann.sessionId, eve.agentId);
    await until(() => services.presence.present.has(eve.agentId));
    eve.close();
    await until(() => services.presence.gone.includes(eve.agentId));
    expect(services.session.sessions.get(ann.sessionId)?.session).toMatchObject({
      status: 'agent',
      assignedAgent: eve.agentId,
    });
  });

  it('is one agent when it repeats its join elsewhere because the reply was lost', async () => {
    const joinId = newId();
    const eve = client(left);
    const { agentId } = granted(await eve.ask('agent:join', { name: 'Eve', joinId }));
    eve.socket.disconnect();
    const again = client(right);
    const back = granted(await again.ask('agent:join', { name: 'Eve', joinId }));
    expect(back.agent).toMatchObject({ id: agentId, socketId: again.socket.id, status: 'available' });
  });

  it('is one agent, however often it joins on one connection', async () => {
    const eve = client(left);
    const joins = await Promise.all([eve.ask('agent:join', { name: 'Eve' }), eve.ask('agent:join', { name: 'Eve' })]);
    const [first, second] = joins.map((join) => granted(join).agentId);
    expect(first).toBe(second);
  });

  it('is one agent on one connection, also when it comes back as another while it joins', async () => {
    const zoe = await agent(left);
    zoe.close();
    const eve = client(left);
    const replies = await Promise.all([
      eve.ask('agent:join', { name: 'Eve' }),
      eve.ask('agent:resume', { agentId: zoe.agentId, token: zoe.token }),
    ]);
    expect(replies.map((reply) => (reply.ok ? 'ok' : reply.code))).toEqual(['ok', 'FORBIDDEN']);
    const { agentId } = granted(replies[0]);
    await until(() => services.presence.present.has(agentId));
    eve.close();
    await until(() => services.presence.gone.includes(agentId));
  });

  it('who joins again on one connection is told again at once of its sessions, and follows them', async () => {
    const ann = await customer(left);
    const eve = await agent(left);
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    granted(await eve.ask('agent:join', { name: 'Eve' }));
    // Sooner than reconciliation runs.
    await until(() => eve.of('session:assigned').length === 2, { within: 1_000 });
    granted(await ann.ask('customer:send_message', { sessionId: ann.sessionId, content: 'Still there?' }));
    await until(() => eve.of('message:received').length === 1, { within: 1_000 });
  });

  it('who was marked as vanished is available again when it is back; one that signed out is not', async () => {
    const eve = await agent(left);
    const record = services.session.agents.get(eve.agentId);
    if (record) record.status = 'offline';
    const back = client(right);
    const { agentId, token } = eve;
    expect(granted(await back.ask('agent:resume', { agentId, token })).agent.status).toBe('available');
    granted(await back.ask('agent:set_status', { status: 'offline' }));
    await until(() => back.of('agent:updated').at(-1)?.agent.status === 'offline');
    const again = client(left);
    expect(granted(await again.ask('agent:resume', { agentId, token })).agent.status).toBe('offline');
    expect(granted(await again.ask('agent:set_status', { status: 'available' })).agent.status).toBe('available');
  });

  it('that was marked as vanished while it was connected is made available again', async () => {
    const eve = await agent(left);
    const record = services.session.agents.get(eve.agentId);
    if (record) record.status = 'offline';
    await until(() => record?.status === 'available');
    expect(eve.socket.connected).toBe(true);
  });

  it('[Q3] is reported several times within a grace period, however short it is', async () => {
    const hasty = await startTestGateway(space, 'hasty', { AGENT_GRACE_MS: '800' });
    const eve = await agent(hasty);
    await until(() => services.presence.reports.filter((reported) => reported.includes(eve.agentId)).length >= 4, {
      within: 1_600,
    });
    await hasty.stop();
  });

  it('[Q3] whose machine has died is no longer reported, long before its connection ends', async () => {
    const hasty = await startTestGateway(space, 'watchful', { AGENT_GRACE_MS: '800' });
    const eve = await agent(hasty);
    const zoe = await agent(hasty);
    const reported = (agentId: string) => services.presence.reports.filter((ids) => ids.includes(agentId)).length;
    await until(() => reported(eve.agentId) >= 8 && reported(zoe.agentId) >= 8);
    stopReading(eve.socket);
    const last = () => services.presence.reports.findLast((ids) => ids.includes(zoe.agentId)) ?? [];
    await until(() => !last().includes(eve.agentId), { within: 4_000 });
    expect(eve.socket.connected).toBe(true);
    // When the connection ends at last, that does not begin the grace anew.
    eve.close();
    const before = reported(zoe.agentId);
    await until(() => reported(zoe.agentId) > before + 3);
    expect(services.presence.gone).not.toContain(eve.agentId);
    await hasty.stop();
  });
});
