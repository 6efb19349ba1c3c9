import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { accepted, codeOf, type Steps } from './contract-steps.ts';

/** The part of the contract about control and agents. */
export function describeControlContract(steps: Steps): void {
  const { session, newAgent, newSession, waiting, assigned, get, log, says } = steps;

  describe('control', () => {
    const epochs = async (id: string) => {
      const { epoch, lastSeq, status } = (await get(id)).session;
      return [status, epoch, lastSeq];
    };

    it('[Q3] goes to the queue, to an agent and back, with one entry and epoch each', async () => {
      const [ann, bob] = [await newAgent(), await newAgent(5, 'Bob')];
      const chat = await waiting('high');
      const { id: sessionId, waitingSince } = chat;
      expect(await epochs(sessionId)).toEqual(['waiting', 2, 2]);
      const again = accepted(await session.transfer({ sessionId, reason: 'again' }));
      expect(again).toMatchObject({ repeated: true, wait: { reason: 'a refund', priority: 'high' } });
      const claim = accepted(await session.assign({ sessionId, agentId: ann, epoch: 2 }));
      expect(claim).toMatchObject({
        repeated: false,
        wait: { requestedAt: waitingSince },
        session: { waitingSince: null },
      });
      expect(accepted(await session.assign({ sessionId, agentId: ann })).repeated).toBe(true);
      expect(codeOf(await session.assign({ sessionId, agentId: bob }))).toBe('ALREADY_TAKEN');
      expect(codeOf(await session.transfer({ sessionId, reason: 'x' }))).toBe('ALREADY_TAKEN');
      const toBob = { type: 'agent', agentId: bob } as const;
      expect(codeOf(await session.release({ sessionId, agentId: bob, to: toBob, reason: 'x' }))).toBe('NOT_ASSIGNED');
      accepted(await session.release({ sessionId, agentId: ann, to: toBob, reason: 'x' }));
      expect(await epochs(sessionId)).toEqual(['agent', 4, 4]);
      const back = await session.release({ sessionId, agentId: bob, to: { type: 'queue' }, reason: 'lunch' });
      expect(accepted(back).session).toMatchObject({ status: 'waiting', waitingSince, assignedAgent: null });
      expect((await get(sessionId)).wait).toMatchObject({ priority: 'high', reason: 'lunch' });
      accepted(await session.cancelTransfer({ sessionId, cause: 'customer_cancelled' }));
      expect(await epochs(sessionId)).toEqual(['bot', 6, 6]);
      expect(codeOf(await session.cancelTransfer({ sessionId, cause: 'customer_cancelled' }))).toBe('NOT_WAITING');
      expect(codeOf(await session.assign({ sessionId, agentId: ann }))).toBe('NOT_WAITING');
      const stale = await session.transfer({ sessionId, reason: 'x', epoch: 1 });
      expect(codeOf(stale)).toBe('STALE_EPOCH');
      const causes = (await log(sessionId)).map((entry) => (entry.kind === 'event' ? entry.change.cause : ''));
      expect(causes).toEqual([
        ...['started', 'customer_requested', 'agent_assigned', 'agent_transferred'],
        ...['agent_released', 'customer_cancelled'],
      ]);
    });

    it('[C1] from an agent to the bot passes through waiting', async () => {
      const agentId = await newAgent();
      const { id: sessionId } = await assigned(agentId);
      accepted(await says(sessionId, 'anybody?'));
      accepted(await session.release({ sessionId, agentId, to: { type: 'bot' }, reason: 'the bot knows' }));
      expect((await log(sessionId)).slice(-2)).toMatchObject([
        { change: { from: 'agent', to: 'waiting', passing: true, epoch: 4 } },
        { change: { from: 'waiting', to: 'bot', cause: 'agent_returned', reason: 'the bot knows', epoch: 5 } },
      ]);
      // The unanswered message is the pending reply of the bot.
      const turn = accepted(await session.beginTurn({ sessionId, worker: 'w', leaseMs: 1_000 }));
      expect(turn.unansweredSeq).toBe(4);
    });

    it('ends once, and keeps the last agent', async () => {
      const agentId = await newAgent();
      const { id: sessionId } = await assigned(agentId);
      expect(codeOf(await session.close({ sessionId, by: 'agent', agentId: await newAgent() }))).toBe('NOT_ASSIGNED');
      const ended = accepted(await session.close({ sessionId, by: 'agent', agentId })).session;
      expect(ended).toMatchObject({ status: 'closed', epoch: 4, assignedAgent: agentId });
      expect(accepted(await session.close({ sessionId })).session).toEqual(ended);
      expect(codeOf(await session.transfer({ sessionId, reason: 'x' }))).toBe('SESSION_CLOSED');
      expect(codeOf(await session.assign({ sessionId, agentId }))).toBe('SESSION_CLOSED');
      const { sessions } = accepted(await session.listEndedSessions({ agentId }));
      expect(sessions).toMatchObject([{ id: sessionId, rating: null }]);
      expect(accepted(await session.getAgent({ agentId })).agent.active).toBe(0);
    });

    it('[C1] a supervisor changes it along permitted transitions only', async () => {
      const agentId = await newAgent();
      const { id: sessionId } = await newSession();
      expect(codeOf(await session.changeStatus({ sessionId, status: 'agent', agentId }))).toBe('ILLEGAL_TRANSITION');
      accepted(await session.changeStatus({ sessionId, status: 'waiting' }));
      expect(codeOf(await session.changeStatus({ sessionId, status: 'agent' }))).toBe('VALIDATION_FAILED');
      const assignment = accepted(await session.changeStatus({ sessionId, status: 'agent', agentId })).session;
      expect(assignment).toMatchObject({ status: 'agent', assignedAgent: agentId });
      expect(codeOf(await session.changeStatus({ sessionId, status: 'closed', epoch: 1 }))).toBe('STALE_EPOCH');
      accepted(await session.changeStatus({ sessionId, status: 'closed' }));
      expect(codeOf(await session.changeStatus({ sessionId, status: 'bot' }))).toBe('SESSION_CLOSED');
    });

    it('waiting sessions are listed by id, page by page, and cleared to the bot', async () => {
      accepted(await session.clearWaiting({}));
      const chats = [await waiting('low'), await waiting(), await waiting('high')];
      const ids = chats.map(({ id }) => id).toSorted();
      const first = accepted(await session.listWaiting({ limit: 2 }));
      expect([first.waiting.map(({ sessionId }) => sessionId), first.hasMore]).toEqual([ids.slice(0, 2), true]);
      expect(first.waiting[0]).toMatchObject({ epoch: 2, reason: 'a refund', brief: { summary: 'wants money' } });
      const rest = accepted(await session.listWaiting({ afterId: ids[1] }));
      expect([rest.waiting.map(({ sessionId }) => sessionId), rest.hasMore]).toEqual([ids.slice(2), false]);
      expect(accepted(await session.clearWaiting({ reason: 'closed today' })).cleared).toBe(3);
      for (const id of ids) expect(await epochs(id)).toEqual(['bot', 3, 3]);
    });
  });

  describe('an agent', () => {
    it('is registered once for each join id, updated and listed', async () => {
      const joinId = randomUUID();
      const { agent } = accepted(await session.createAgent({ name: 'Ann', joinId, socketId: 's1', capacity: 1 }));
      expect(agent).toMatchObject({ name: 'Ann', socketId: 's1', status: 'available', capacity: 1, active: 0 });
      expect(accepted(await session.createAgent({ name: 'Ann', joinId }))).toEqual({ agent, repeated: true });
      expect(codeOf(await session.createAgent({ name: 'Bob', joinId }))).toBe('ID_REUSED');
      const { id: agentId } = agent;
      const listed = async (which: Parameters<typeof session.listAgents>[0]) =>
        accepted(await session.listAgents(which)).agents.some(({ id }) => id === agentId);
      expect(await listed({})).toBe(true);
      await assigned(agentId);
      expect(await listed({})).toBe(false);
      accepted(await session.updateAgent({ agentId, status: 'offline' }));
      expect([
        await listed({ available: false, onDuty: true }),
        await listed({ available: false, engaged: true }),
      ]).toEqual([false, true]);
      expect(accepted(await session.listAgentSessions({ agentId })).sessions).toHaveLength(1);
      for (const reply of [
        await session.getAgent({ agentId: randomUUID() }),
        await session.updateAgent({ agentId: randomUUID(), status: 'busy' }),
        await session.releaseAgent({ agentId: randomUUID(), reason: 'x' }),
        await session.removeAgent({ agentId: randomUUID() }),
      ])
        expect(codeOf(reply)).toBe('NOT_FOUND');
    });

    it('[C3] is compared with what is assigned to it, together with others', async () => {
      const [one, idle, stranger] = [await newAgent(), await newAgent(), randomUUID()];
      const expected = [await assigned(one), await assigned(one)].map(({ id, epoch }) => ({ sessionId: id, epoch }));
      accepted(await session.close({ sessionId: (await assigned(one)).id }));
      const { agents, missing } = accepted(await session.listAssignments({ agentIds: [idle, stranger, one] }));
      const found = new Map(agents.map(({ agent, assigned }) => [agent.id, { agent, assigned }]));
      expect(missing).toEqual([stranger]);
      expect(new Set(found.get(one)?.assigned)).toEqual(new Set(expected));
      expect(found.get(idle)).toEqual({
        agent: accepted(await session.getAgent({ agentId: idle })).agent,
        assigned: [],
      });
    });

    it('[C4] is assigned sessions only while it is online and has capacity', async () => {
      const agentId = await newAgent(1);
      const [one, two] = [await waiting(), await waiting()];
      expect(codeOf(await session.assign({ sessionId: two.id, agentId: randomUUID() }))).toBe('NOT_FOUND');
      accepted(await session.assign({ sessionId: one.id, agentId }));
      expect(codeOf(await session.assign({ sessionId: two.id, agentId }))).toBe('AT_CAPACITY');
      accepted(await session.close({ sessionId: one.id }));
      accepted(await session.updateAgent({ agentId, status: 'offline' }));
      expect(codeOf(await session.assign({ sessionId: two.id, agentId }))).toBe('AGENT_OFFLINE');
    });

    it('[Q3] that is lost gives its sessions back at their positions', async () => {
      const agentId = await newAgent();
      const before = [await waiting('low'), await waiting()];
      for (const { id } of before) accepted(await session.assign({ sessionId: id, agentId }));
      const { released } = accepted(await session.releaseAgent({ agentId, reason: 'gone' }));
      expect(released.toSorted()).toEqual(before.map(({ id }) => id).toSorted());
      for (const { id, waitingSince } of before)
        expect(await get(id)).toMatchObject({
          session: { status: 'waiting', waitingSince },
          wait: { reason: 'a refund' },
        });
      expect(accepted(await session.getAgent({ agentId })).agent).toMatchObject({ status: 'offline', active: 0 });
      accepted(await session.removeAgent({ agentId }));
      expect(codeOf(await session.getAgent({ agentId }))).toBe('NOT_FOUND');
    });
  });
}
