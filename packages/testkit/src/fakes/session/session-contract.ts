import { randomUUID } from 'node:crypto';
import { type Channel, channels, type Session } from '@baton/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accepted, codeOf, createSteps, type SessionUnderTest } from './contract-steps.ts';
import { describeControlContract } from './control-contract.ts';
import { describeLogContract } from './log-contract.ts';

/** A publication of the session service in one line. */
export function describePublication(channel: Channel, payload: unknown): string {
  switch (channel) {
    case channels.live.entry: {
      const { sessionId, entries } = channels.live.entry.payload.parse(payload);
      return `entry: ${sessionId} ${entries.map(({ seq }) => seq).join(' ')}`;
    }
    case channels.live.note: {
      const { sessionId, note } = channels.live.note.payload.parse(payload);
      return `note: ${sessionId} ${note.content}`;
    }
    case channels.event.control: {
      const { sessionId, seq, from, to, cause } = channels.event.control.payload.parse(payload);
      return `control: ${sessionId} ${seq} ${from}→${to} ${cause}`;
    }
    case channels.bot.asked: {
      const { sessionId, seq, epoch } = channels.bot.asked.payload.parse(payload);
      return `asked: ${sessionId} ${seq} ${epoch}`;
    }
    case channels.agent.assigned: {
      const { agentId, sessionId, epoch } = channels.agent.assigned.payload.parse(payload);
      return `assigned: ${agentId} ${sessionId} ${epoch}`;
    }
    case channels.agent.changed: {
      const { agent, removed } = channels.agent.changed.payload.parse(payload);
      return `changed: ${agent.id} ${agent.status} ${agent.active} ${removed}`;
    }
    case channels.agent.rated: {
      const { agentId, sessionId, rating } = channels.agent.rated.payload.parse(payload);
      return `rated: ${agentId} ${sessionId} ${rating.score}`;
    }
    default:
      throw new Error(`the session service does not publish on ${channel.subject}`);
  }
}

/** Registers the tests that the session service and its fake have in common: what a caller may rely on. */
export function describeSessionContract(start: () => Promise<SessionUnderTest>): void {
  let under: SessionUnderTest;
  const steps = createSteps(() => under);
  const { session, newAgent, newSession, assigned, log, says, answers } = steps;
  const publishes = (line: string) => expect.poll(() => under.published, { timeout: 5_000 }).toContain(line);
  beforeAll(async () => {
    under = await start();
    // Without an agent online the real bot stands in for waiting sessions.
    await newAgent();
  });
  afterAll(() => under.stop());
  beforeEach(() => void under.published.splice(0));

  describe('a session', () => {
    it('[M2] begins with the bot, once for each start id of a customer', async () => {
      const start = { userId: 'user-2', startId: randomUUID(), metadata: { tier: 'gold' } };
      const { session: created } = accepted(await session.create(start));
      expect(created).toMatchObject({ status: 'bot', epoch: 1, lastSeq: 1, assignedAgent: null, waitingSince: null });
      expect(await log(created.id)).toMatchObject([
        { seq: 1, kind: 'event', sender: 'system', change: { from: null, to: 'bot', cause: 'started', epoch: 1 } },
      ]);
      expect(accepted(await session.create(start))).toEqual({ session: created, repeated: true });
      expect(codeOf(await session.create({ ...start, metadata: {} }))).toBe('ID_REUSED');
      expect(accepted(await session.create({ ...start, userId: 'user-3' })).session.id).not.toBe(created.id);
    });

    it('[S1] is of the customer whom the site has proven, for good, and nobody else gets it', async () => {
      const named = async (userId: string) => accepted(await session.create({ userId })).session;
      const ada = { id: `ada-${randomUUID()}`, name: 'Ada', metadata: { plan: 'pro' } };
      const begun = accepted(await session.create({ userId: ada.id, customer: ada })).session;
      expect(begun).toMatchObject({ userId: ada.id, customer: ada });
      const anonymous = await named(`visitor-${randomUUID().replaceAll('-', '')}`);
      expect(anonymous.customer ?? null).toBeNull();
      const identify = (sessionId: string, customer = ada) => session.identify({ sessionId, customer });
      const claimed = accepted(await identify(anonymous.id)).session;
      expect(claimed).toMatchObject({ userId: ada.id, customer: ada, epoch: anonymous.epoch });
      const ben = { ...ada, id: 'ben' };
      for (const id of [begun.id, anonymous.id, (await named('eve')).id, randomUUID()])
        expect(codeOf(await identify(id, ben))).toBe('NOT_FOUND');
      const renamed = { ...ada, name: 'Ada L.' };
      expect(accepted(await identify(begun.id, renamed)).session.customer).toEqual(renamed);
      const last = await named(ada.id);
      accepted(await identify(last.id));
      accepted(await session.close({ sessionId: last.id, by: 'user' }));
      await named(ada.id);
      const listed = accepted(await session.listCustomerSessions({ customerId: ada.id, limit: 10 })).sessions;
      expect(listed.map(({ id }) => id)).toEqual([anonymous.id, begun.id]);
    });

    it('[M2] [S1] a repeated start gives the session of a proven customer to that customer only', async () => {
      const customer = { id: 'ada' };
      const start = { userId: 'ada', startId: randomUUID() };
      const { session: begun } = accepted(await session.create({ ...start, customer }));
      expect(accepted(await session.create({ ...start, customer }))).toMatchObject({ session: begun, repeated: true });
      expect(codeOf(await session.create(start))).toBe('ID_REUSED');
    });

    it('is read with its log, its wait, its notes and its rating', async () => {
      const agentId = await newAgent();
      const { id } = await assigned(agentId);
      accepted(await says(id, 'one'));
      accepted(await says(id, 'two'));
      const note = { sessionId: id, agentId, content: 'call back', clientNoteId: 'note-1' };
      const { note: stored } = accepted(await session.addNote(note));
      expect(accepted(await session.addNote(note)).note).toEqual(stored);
      expect(codeOf(await session.addNote({ ...note, content: 'another' }))).toBe('ID_REUSED');
      expect(codeOf(await session.addNote({ ...note, agentId: await newAgent() }))).toBe('NOT_ASSIGNED');
      accepted(await session.rate({ sessionId: id, rating: 4 }));
      const whole = accepted(await session.getWithEntries({ sessionId: id, last: true, limit: 2 }));
      expect(whole).toMatchObject({
        session: { id, status: 'agent', assignedAgent: agentId, agentName: 'Ann', lastSeq: 5 },
        wait: { reason: 'a refund', brief: { summary: 'wants money' } },
        entries: [{ content: 'one' }, { content: 'two' }],
        hasMore: true,
        notes: [stored],
        rating: { score: 4, comment: null },
      });
      expect(accepted(await session.getMany({ sessionIds: [id, randomUUID()] })).sessions).toHaveLength(1);
      const heads = accepted(await session.heads({ sessionIds: [id, randomUUID()] })).heads;
      expect(heads).toEqual([{ sessionId: id, lastSeq: 5, epoch: 3, status: 'agent' }]);
      const { entries, hasMore } = accepted(await session.listEntries({ sessionId: id, afterSeq: 1, limit: 2 }));
      expect([entries.map(({ seq }) => seq), hasMore]).toEqual([[2, 3], true]);
      const counts = { total: 5, messages: 2, user: 2, bot: 0, agent: 0 };
      expect(accepted(await session.countEntries({ sessionId: id }))).toMatchObject(counts);
    });

    it('that does not exist is NOT_FOUND; to an agent, NOT_ASSIGNED [S1]', async () => {
      const sessionId = randomUUID();
      const agentId = await newAgent();
      const asAgent = { type: 'agent', agentId } as const;
      for (const reply of [
        await session.get({ sessionId }),
        await session.getWithEntries({ sessionId }),
        await session.listEntries({ sessionId }),
        await session.countEntries({ sessionId }),
        await says(sessionId, 'hello'),
        await session.transfer({ sessionId, reason: 'x' }),
        await session.cancelTransfer({ sessionId, cause: 'customer_cancelled' }),
        await session.assign({ sessionId, agentId }),
        await session.close({ sessionId }),
        await session.changeStatus({ sessionId, status: 'closed' }),
        await session.beginTurn({ sessionId, worker: 'w', leaseMs: 1_000 }),
        await session.endTurn({ sessionId, worker: 'w' }),
        await session.rate({ sessionId, rating: 3 }),
      ])
        expect(codeOf(reply)).toBe('NOT_FOUND');
      for (const reply of [
        await session.append({ sessionId, author: asAgent, messages: [{ content: 'x' }] }),
        await session.release({ sessionId, agentId, to: { type: 'queue' }, reason: 'x' }),
        await session.close({ sessionId, by: 'agent', agentId }),
        await session.addNote({ sessionId, agentId, content: 'x' }),
      ])
        expect(codeOf(reply)).toBe('NOT_ASSIGNED');
    });
  });

  describeLogContract(steps, publishes);

  describe('a turn', () => {
    const begin = (sessionId: string, worker: string, leaseMs = 60_000) =>
      session.beginTurn({ sessionId, worker, leaseMs, limit: 2 });
    const listed = async ({ id }: Session) =>
      accepted(await session.listUnanswered({ olderThanMs: 0, limit: 200 })).sessions.some(
        (one) => one.sessionId === id,
      );

    it('[A1] [A2] is leased to one worker at a time while a reply is pending', async () => {
      const chat = await newSession();
      expect(await listed(chat)).toBe(true);
      expect(accepted(await begin(chat.id, 'a'))).toMatchObject({
        unansweredSeq: 1,
        memory: null,
        memoryThroughSeq: 0,
      });
      expect(await listed(chat)).toBe(false);
      expect(codeOf(await begin(chat.id, 'b'))).toBe('TURN_TAKEN');
      expect(codeOf(await begin(chat.id, 'a'))).toBe('ok');
      accepted(await answers(chat.id, 1, 1, 'welcome'));
      expect(codeOf(await begin(chat.id, 'a'))).toBe('NOTHING_OWED');
      accepted(await says(chat.id, 'hello'));
      accepted(await session.endTurn({ sessionId: chat.id, worker: 'b' }));
      expect(codeOf(await begin(chat.id, 'b'))).toBe('TURN_TAKEN');
      const memory = { summary: 'a greeting', throughSeq: 2 };
      const end = await session.endTurn({ sessionId: chat.id, worker: 'a', memory, tokens: 10 });
      expect(accepted(end)).toEqual({ owed: true });
      const turn = accepted(await begin(chat.id, 'b'));
      expect(turn).toMatchObject({ unansweredSeq: 3, memory: 'a greeting', memoryThroughSeq: 2 });
      expect(turn.entries.map(({ seq }) => seq)).toEqual([2, 3]);
    });

    it('ends with control', async () => {
      const chat = await newSession();
      accepted(await says(chat.id, 'hello'));
      accepted(await begin(chat.id, 'a'));
      accepted(await session.transfer({ sessionId: chat.id, reason: 'x' }));
      expect(codeOf(await begin(chat.id, 'a'))).toBe('NOTHING_OWED');
      accepted(await session.cancelTransfer({ sessionId: chat.id, cause: 'nobody_available' }));
      expect(accepted(await begin(chat.id, 'b')).unansweredSeq).toBe(2);
      accepted(await session.close({ sessionId: chat.id }));
      expect(codeOf(await begin(chat.id, 'b'))).toBe('SESSION_CLOSED');
    });

    it('[S6] takes calls of the model from the budgets', async () => {
      const free = { callsPerMinute: 0, callsPerDay: 0, tokensPerDay: 0 };
      const budgets = { chat: free, customer: free, address: free, all: free };
      const { id: sessionId } = await newSession();
      const call = { sessionId, tokens: 10, waitMs: 0, windowMs: 60_000, budgets };
      expect(accepted(await session.takeModelCall(call))).toMatchObject({
        granted: true,
        waitMs: 0,
        today: { calls: 1 },
      });
    });
  });

  describe('publications', () => {
    it('[M5] are entries, questions to the bot, changes of control and assignments', async () => {
      const agentId = await newAgent();
      const { id: sessionId } = await newSession();
      accepted(await says(sessionId, 'hello'));
      accepted(await session.transfer({ sessionId, cause: 'customer_requested', reason: 'x', priority: 'high' }));
      accepted(await says(sessionId, 'to nobody'));
      accepted(await session.assign({ sessionId, agentId }));
      accepted(await session.addNote({ sessionId, agentId, content: 'a note' }));
      accepted(await session.rate({ sessionId, rating: 5 }));
      await publishes(`rated: ${agentId} ${sessionId} 5`);
      const own = under.published.filter((line) => line.includes(sessionId));
      expect(own).toEqual([
        ...[`entry: ${sessionId} 1`, `control: ${sessionId} 1 null→bot started`],
        ...[`entry: ${sessionId} 2`, `asked: ${sessionId} 2 1`],
        ...[`entry: ${sessionId} 3`, `control: ${sessionId} 3 bot→waiting customer_requested`],
        `entry: ${sessionId} 4`,
        ...[`entry: ${sessionId} 5`, `control: ${sessionId} 5 waiting→agent agent_assigned`],
        `assigned: ${agentId} ${sessionId} 3`,
        `note: ${sessionId} a note`,
        `rated: ${agentId} ${sessionId} 5`,
      ]);
      await publishes(`changed: ${agentId} available 0 false`);
      await publishes(`changed: ${agentId} available 1 false`);
      accepted(await session.removeAgent({ agentId }));
      await publishes(`changed: ${agentId} offline 0 true`);
    });
  });

  describeControlContract(steps);

  it('[S2] refuses input that does not fit, naming the field', async () => {
    const { id: sessionId } = await newSession();
    const author = { type: 'customer' } as const;
    const blank = await session.append({ sessionId, author, messages: [{ content: 'fine' }, { content: '   ' }] });
    expect(blank).toMatchObject({ ok: false, code: 'VALIDATION_FAILED', field: 'messages.1.content' });
    expect(codeOf(await session.get({ sessionId: 'nonsense' }))).toBe('VALIDATION_FAILED');
  });

  it('reports its health and its statistics', async () => {
    expect(accepted(await session.health({}))).toMatchObject({ status: 'up', parts: { postgres: { status: 'up' } } });
    const stats = accepted(await session.stats({}));
    expect(stats.totalSessions).toBeGreaterThan(0);
    expect(accepted(await session.handlingTimes({})).agentsOnDuty).toBeGreaterThan(0);
    expect(accepted(await session.cleanup({ olderThanDays: 1 }))).toEqual({ deleted: 0 });
    expect(accepted(await session.availableAgent({})).agent).not.toBeNull();
  });
}
