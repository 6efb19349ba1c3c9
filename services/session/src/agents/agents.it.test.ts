import { randomUUID } from 'node:crypto';
import { channels } from '@baton/contracts';
import { newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, refusal, startSession } from '../../test/session-process.ts';

const space = await testSpace();
await startSession(space, { AGENT_CAPACITY: '3' });
await startSession(space, { AGENT_CAPACITY: '3' });
const client = await connectClient(space);
const { session, bus } = client;
const { waitingChat, assignedChat, agent, log } = people(client);

const read = async (agentId: string) => accepted(await session.getAgent({ agentId })).agent;
const get = async (sessionId: string) => accepted(await session.get({ sessionId }));

describe('[C4] claiming a session', () => {
  it('by 20 agents at once: exactly one gets it, and the others are told who', async () => {
    for (let round = 0; round < 5; round++) {
      const agents = await Promise.all(Array.from({ length: 20 }, (_, n) => agent(`Agent ${n}`)));
      const { id } = await waitingChat();
      const replies = await Promise.all(agents.map((agentId) => session.assign({ sessionId: id, agentId })));
      const winners = replies.flatMap((reply) => (reply.ok ? [reply.value.session] : []));
      expect(winners).toHaveLength(1);
      const [winner] = winners;
      const losers = replies.filter((reply) => !reply.ok);
      expect(losers).toEqual(
        losers.map(() => ({ ok: false, code: 'ALREADY_TAKEN', message: `${winner?.agentName} has this chat.` })),
      );
      const held = await Promise.all(agents.map(async (agentId) => (await read(agentId)).active));
      expect(held.toSorted()).toEqual([...Array<number>(19).fill(0), 1]);
      expect((await get(id)).session).toEqual(winner);
    }
  });

  it('by one agent, 20 at once: never more than its capacity', async () => {
    const agentId = await agent('Ann', 4);
    const chats = await Promise.all(Array.from({ length: 20 }, () => waitingChat()));
    const replies = await Promise.all(chats.map(({ id }) => session.assign({ sessionId: id, agentId })));
    expect(replies.filter(({ ok }) => ok)).toHaveLength(4);
    expect(replies.find((reply) => !reply.ok)).toEqual({
      ok: false,
      code: 'AT_CAPACITY',
      message: 'Ann has reached the limit of 4 chats.',
    });
    expect((await read(agentId)).active).toBe(4);
    expect(accepted(await session.listAgentSessions({ agentId })).sessions).toHaveLength(4);
  });

  it('agents who transfer sessions to each other at once lose none and do not deadlock', async () => {
    const [ann, bob] = [await agent('Ann', 10), await agent('Bob', 10)];
    const chats = [
      ...(await Promise.all(Array.from({ length: 3 }, () => assignedChat(ann)))),
      ...(await Promise.all(Array.from({ length: 3 }, () => assignedChat(bob)))),
    ];
    const passOn = async (sessionId: string) => {
      for (let n = 0; n < 10; n++) {
        const from = (await get(sessionId)).session.assignedAgent ?? '';
        const to = { type: 'agent', agentId: from === ann ? bob : ann } as const;
        accepted(await session.release({ sessionId, agentId: from, to, reason: 'your turn' }));
      }
    };
    await Promise.all(chats.map(({ id }) => passOn(id)));
    expect((await read(ann)).active + (await read(bob)).active).toBe(6);
    expect(accepted(await session.listAgentSessions({ agentId: ann })).sessions).toHaveLength((await read(ann)).active);
  });

  it('lists the sessions that ended with an agent, the latest first, without transferred ones', async () => {
    const [ann, bob] = [await agent('Ann', 10), await agent('Bob', 10)];
    const [first, second, passed, open] = [
      await assignedChat(ann),
      await assignedChat(ann),
      await assignedChat(ann),
      await assignedChat(ann),
    ];
    const ended = async (agentId: string, limit?: number) =>
      accepted(await session.listEndedSessions({ agentId, limit })).sessions.map(({ id }) => id);
    accepted(await session.close({ sessionId: first.id, by: 'user' }));
    accepted(await session.close({ sessionId: second.id, by: 'agent', agentId: ann }));
    const to = { type: 'agent', agentId: bob } as const;
    accepted(await session.release({ sessionId: passed.id, agentId: ann, to, reason: 'yours' }));
    accepted(await session.close({ sessionId: passed.id, by: 'user' }));
    expect(await ended(ann)).toEqual([second.id, first.id]);
    expect(await ended(ann, 1)).toEqual([second.id]);
    expect(await ended(bob)).toEqual([passed.id]);
    expect(await ended(ann)).not.toContain(open.id);
  });

  it('capacity becomes free when a session ends, is transferred or goes back', async () => {
    const agentId = await agent('Ann', 1);
    const next = await agent('Bob', 1);
    for (const leave of [
      (sessionId: string) => session.close({ sessionId, by: 'user' }),
      (sessionId: string) => session.release({ sessionId, agentId, to: { type: 'queue' }, reason: 'x' }),
      (sessionId: string) => session.release({ sessionId, agentId, to: { type: 'bot' }, reason: 'x' }),
      (sessionId: string) => session.release({ sessionId, agentId, to: { type: 'agent', agentId: next }, reason: 'x' }),
    ]) {
      const { id } = await assignedChat(agentId);
      const other = await waitingChat();
      expect(refusal(await session.assign({ sessionId: other.id, agentId }))).toBe('AT_CAPACITY');
      accepted(await leave(id));
      expect((await read(agentId)).active).toBe(0);
    }
    const { id } = await assignedChat(agentId);
    const full = { type: 'agent', agentId: next } as const;
    expect(refusal(await session.release({ sessionId: id, agentId, to: full, reason: 'x' }))).toBe('AT_CAPACITY');
    const self = { type: 'agent', agentId } as const;
    expect(refusal(await session.release({ sessionId: id, agentId, to: self, reason: 'x' }))).toBe('VALIDATION_FAILED');
  });
});

describe('[Q3] an agent who vanishes', () => {
  it('is offline, its sessions are back at their original positions, and the customers are told', async () => {
    const agentId = await agent('Ann', 10);
    const before = await Promise.all((['high', 'normal', 'low'] as const).map((priority) => waitingChat(priority)));
    for (const { id } of before) accepted(await session.assign({ sessionId: id, agentId }));
    const { released } = accepted(await session.releaseAgent({ agentId, reason: 'no sign of life for 30 s' }));
    expect(released.toSorted()).toEqual(before.map(({ id }) => id).toSorted());
    expect(await read(agentId)).toMatchObject({ status: 'offline', active: 0 });
    const { waiting } = accepted(await session.listWaiting({}));
    for (const [index, priority] of (['high', 'normal', 'low'] as const).entries()) {
      const chat = before[index];
      const entry = waiting.find(({ sessionId }) => sessionId === chat?.id);
      expect(entry).toMatchObject({ priority, requestedAt: chat?.waitingSince, reason: 'wants a human' });
      expect((await get(chat?.id ?? '')).session.waitingSince).toBe(chat?.waitingSince);
      expect((await log(chat?.id ?? '')).at(-1)).toMatchObject({
        change: { from: 'agent', to: 'waiting', cause: 'agent_vanished', reason: 'no sign of life for 30 s' },
      });
    }
    expect(accepted(await session.releaseAgent({ agentId, reason: 'again' })).released).toEqual([]);
    expect(refusal(await session.assign({ sessionId: before[0]?.id ?? '', agentId }))).toBe('AGENT_OFFLINE');
  });

  it('gives sessions back at the position of their handoff, also after a transfer', async () => {
    const [ann, bob] = [await agent('Ann'), await agent('Bob')];
    const chat = await waitingChat();
    accepted(await session.assign({ sessionId: chat.id, agentId: ann }));
    const toBob = { type: 'agent', agentId: bob } as const;
    accepted(await session.release({ sessionId: chat.id, agentId: ann, to: toBob, reason: 'x' }));
    const back = {
      sessionId: chat.id,
      agentId: bob,
      to: { type: 'queue', priority: 'high' },
      reason: 'lunch',
    } as const;
    expect(accepted(await session.release(back)).session.waitingSince).toBe(chat.waitingSince);
    expect((await get(chat.id)).wait).toMatchObject({ priority: 'high', reason: 'lunch' });
    accepted(await session.cancelTransfer({ sessionId: chat.id, cause: 'customer_cancelled' }));
    const asked = { sessionId: chat.id, cause: 'customer_requested', reason: 'once more' } as const;
    const again = accepted(await session.transfer(asked)).session;
    expect(Date.parse(again.waitingSince ?? '')).toBeGreaterThan(Date.parse(chat.waitingSince ?? ''));
  });

  it('is assigned nothing more, also by claims in flight', async () => {
    const agentId = await agent('Ann', 20);
    const chats = await Promise.all(Array.from({ length: 20 }, () => waitingChat()));
    const claims = chats.map(({ id }) => session.assign({ sessionId: id, agentId }));
    accepted(await session.releaseAgent({ agentId, reason: 'gone' }));
    await Promise.all(claims);
    expect(await read(agentId)).toMatchObject({ status: 'offline', active: 0 });
    for (const { id } of chats)
      expect((await get(id)).session).toMatchObject({ status: 'waiting', assignedAgent: null });
  });
});

describe('the record of an agent', () => {
  it('has the default capacity, and changes in the given fields only', async () => {
    const { agent: made } = accepted(await session.createAgent({ name: 'Ann', socketId: 's1' }));
    expect(made).toMatchObject({ name: 'Ann', socketId: 's1', status: 'available', capacity: 3, active: 0 });
    const changed = accepted(await session.updateAgent({ agentId: made.id, status: 'busy', socketId: null })).agent;
    expect(changed).toMatchObject({ name: 'Ann', socketId: null, status: 'busy', capacity: 3 });
    expect(changed.lastActiveAt >= made.lastActiveAt).toBe(true);
    expect(await read(made.id)).toEqual(changed);
  });

  it('is one for all repeats of its registration, and another one for another id', async () => {
    const joinId = randomUUID();
    const replies = await Promise.all(Array.from({ length: 5 }, () => session.createAgent({ name: 'Ann', joinId })));
    const made = replies.map(accepted);
    expect(new Set(made.map(({ agent: { id } }) => id)).size).toBe(1);
    expect(made.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(await session.createAgent({ name: 'Bob', joinId })).toMatchObject({ ok: false, code: 'ID_REUSED' });
    const [one, two] = await Promise.all([session.createAgent({ name: 'Ann' }), session.createAgent({ name: 'Ann' })]);
    expect(accepted(one).agent.id).not.toBe(accepted(two).agent.id);
  });

  it('is listed as available only with free capacity', async () => {
    const [free, full, busy, offline] = await Promise.all(
      ['free', 'full', 'busy', 'offline'].map((name) => agent(name, 1)),
    );
    if (!free || !full || !busy || !offline) throw new Error('four agents');
    await assignedChat(full);
    accepted(await session.updateAgent({ agentId: busy, status: 'busy' }));
    accepted(await session.updateAgent({ agentId: offline, status: 'offline' }));
    const ids = async (available: boolean) =>
      accepted(await session.listAgents({ available })).agents.map(({ id }) => id);
    const available = await ids(true);
    expect(available).toContain(free);
    for (const one of [full, busy, offline]) expect(available).not.toContain(one);
    expect(await ids(false)).toEqual(expect.arrayContaining([free, full, busy, offline]));
    const { agents } = accepted(await session.listAgents({ available: false, onDuty: true }));
    const onDuty = agents.map(({ id }) => id);
    expect(onDuty).toEqual(expect.arrayContaining([free, full, busy]));
    expect(onDuty).not.toContain(offline);
  });

  it('is listed page by page, and while it has sessions also when it is offline', async () => {
    const [gone, holding] = await Promise.all([agent('gone'), agent('holding')]);
    await assignedChat(holding);
    for (const agentId of [gone, holding]) accepted(await session.updateAgent({ agentId, status: 'offline' }));
    const listed: string[] = [];
    for (let afterId: string | undefined; ; afterId = listed.at(-1)) {
      const page = accepted(await session.listAgents({ available: false, engaged: true, limit: 2, afterId }));
      expect(page.agents.length).toBeLessThanOrEqual(2);
      listed.push(...page.agents.map(({ id }) => id));
      if (!page.hasMore) break;
    }
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed).toContain(holding);
    expect(listed).not.toContain(gone);
  });

  it('is published with every change, and so is every assignment', async () => {
    const agentId = await agent('Ann');
    const seen: string[] = [];
    bus.subscribeAll(
      channels.agent,
      { agent: agentId },
      {
        assigned: ({ sessionId }) => seen.push(`assigned ${sessionId}`),
        changed: ({ agent: { status, active }, removed }) => seen.push(`${status} ${active} ${removed}`),
      },
    );
    await bus.flush();
    const { id } = await assignedChat(agentId);
    accepted(await session.updateAgent({ agentId, status: 'busy' }));
    accepted(await session.removeAgent({ agentId }));
    await until(() => seen.includes('offline 0 true'));
    expect(seen.filter((line) => line !== 'available 0 false')).toEqual([
      `assigned ${id}`,
      'available 1 false',
      'busy 1 false',
      'offline 0 false',
      'offline 0 true',
    ]);
  });

  it('is deleted on removal, and its sessions are back in the queue', async () => {
    const agentId = await agent('Ann');
    const [held, ended] = [await assignedChat(agentId), await assignedChat(agentId)];
    accepted(await session.close({ sessionId: ended.id, by: 'agent', agentId }));
    expect(accepted(await session.removeAgent({ agentId })).released).toEqual([held.id]);
    expect(refusal(await session.getAgent({ agentId }))).toBe('NOT_FOUND');
    expect((await get(held.id)).session).toMatchObject({ status: 'waiting' });
    expect((await get(ended.id)).session).toMatchObject({ status: 'closed', assignedAgent: null });
    expect((await log(held.id)).at(-1)).toMatchObject({ change: { cause: 'agent_released', by: 'system' } });
  });
});

describe('a note', () => {
  it('is stored beside the log, once, by the assigned agent', async () => {
    const [holder, stranger] = [await agent('Ann'), await agent('Bob')];
    const { id } = await assignedChat(holder);
    const fresh = { sessionId: id, agentId: holder, content: 'is a regular', clientNoteId: 'n1' };
    const first = accepted(await session.addNote(fresh));
    expect(accepted(await session.addNote(fresh))).toEqual(first);
    expect(refusal(await session.addNote({ ...fresh, content: 'other' }))).toBe('ID_REUSED');
    expect(refusal(await session.addNote({ ...fresh, agentId: stranger, clientNoteId: 'n2' }))).toBe('NOT_ASSIGNED');
    // [S1] No other agent learns that an id was used.
    expect(await session.addNote({ ...fresh, agentId: stranger, content: 'mine' })).toEqual(
      await session.addNote({ ...fresh, agentId: stranger, sessionId: newId() }),
    );
    const both = await Promise.all(
      Array.from({ length: 6 }, () => session.addNote({ ...fresh, content: 'second', clientNoteId: 'n3' })),
    );
    expect(new Set(both.map((reply) => accepted(reply).note.id)).size).toBe(1);
    const { notes, entries } = accepted(await session.getWithEntries({ sessionId: id }));
    expect(notes.map(({ content, agentName }) => [content, agentName])).toEqual([
      ['is a regular', 'Ann'],
      ['second', 'Ann'],
    ]);
    expect(entries.map(({ content }) => content)).not.toContain('is a regular');
    accepted(await session.close({ sessionId: id, by: 'user' }));
    expect(accepted(await session.addNote(fresh))).toEqual(first);
    expect(refusal(await session.addNote({ ...fresh, clientNoteId: 'n4' }))).toBe('NOT_ASSIGNED');
  });
});

describe('the metadata of an agent', () => {
  const metadata = { customerTier: 'premium', nested: { list: [1, null] } };

  it('is stored, returned, and replaced as a whole', async () => {
    const created = accepted(await session.createAgent({ name: 'Ann', socketId: 's', metadata })).agent;
    expect(created.metadata).toEqual(metadata);
    expect(accepted(await session.getAgent({ agentId: created.id })).agent).toEqual(created);
    const { agents } = accepted(await session.listAgents({ limit: 1_000 }));
    expect(agents.find(({ id }) => id === created.id)).toEqual(created);
    const updated = accepted(await session.updateAgent({ agentId: created.id, metadata: { team: 'b' } })).agent;
    expect(updated).toMatchObject({ metadata: { team: 'b' }, name: 'Ann', socketId: 's' });
    // The agent's record that is published with an assignment has it, too.
    await assignedChat(created.id);
    expect(accepted(await session.getAgent({ agentId: created.id })).agent).toMatchObject({
      active: 1,
      metadata: { team: 'b' },
    });
    expect(accepted(await session.createAgent({ name: 'Bob' })).agent.metadata).toEqual({});
  });

  it('of many exceeds one page: the reader continues with the next', async () => {
    const heavy = { note: 'x'.repeat(16_000) };
    const made = await Promise.all(
      Array.from({ length: 45 }, (_, n) => session.createAgent({ name: `Heavy ${n}`, metadata: heavy })),
    );
    const found: string[] = [];
    for (let more = true, afterId: string | undefined; more; afterId = found.at(-1)) {
      const page = accepted(await session.listAgents({ available: false, ...(afterId !== undefined && { afterId }) }));
      found.push(...page.agents.map(({ id }) => id));
      more = page.hasMore;
    }
    expect(found).toEqual(expect.arrayContaining(made.map((reply) => accepted(reply).agent.id)));
    for (const reply of made) accepted(await session.removeAgent({ agentId: accepted(reply).agent.id }));
  });
});
