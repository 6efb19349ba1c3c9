import { newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { granted } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const { services, left, right, client, customer, agent, give } = await startSystem(space);

describe('an agent', () => {
  it('[C3] is told of a session however it was assigned, and when it no longer is', async () => {
    const ann = await customer(left);
    const eve = await agent(left, 'Eve');
    const zoe = await agent(right, 'Zoe');
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    const passed = await eve.ask('agent:release_session', {
      sessionId: ann.sessionId,
      to: { type: 'agent', agentId: zoe.agentId },
      reason: 'Zoe knows more',
    });
    expect(granted(passed).session.assignedAgent).toBe(zoe.agentId);
    await until(() => zoe.of('session:assigned').length === 1 && eve.of('session:unassigned').length === 1);
    expect(eve.of('session:unassigned')[0]).toMatchObject({
      sessionId: ann.sessionId,
      change: { cause: 'agent_transferred', agentId: zoe.agentId },
    });
    await until(() => ann.of('status:changed').at(-1)?.agentName === 'Zoe');

    granted(await ann.ask('customer:send_message', { sessionId: ann.sessionId, content: 'Hello Zoe' }));
    await until(() => zoe.of('message:received').length === 1);
    expect(eve.of('message:received')).toEqual([]);
    const stale = await eve.ask('agent:send_message', { sessionId: ann.sessionId, content: 'I am still here' });
    expect(stale).toMatchObject({ ok: false, code: 'NOT_ASSIGNED' });
  });

  it('[C3] who transfers a session to the bot, two changes at once, is told of the last one, with the reason', async () => {
    const ann = await customer(left);
    const eve = await agent(right, 'Eve');
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    const given = { sessionId: ann.sessionId, to: { type: 'bot' }, reason: 'all is settled' } as const;
    expect(granted(await eve.ask('agent:release_session', given)).session.status).toBe('bot');
    await until(() => eve.of('session:unassigned').length > 0);
    const last = { cause: 'agent_returned', to: 'bot', reason: 'all is settled' };
    expect(eve.of('session:unassigned')).toMatchObject([{ sessionId: ann.sessionId, change: last }]);
    const shown = eve.of('status:changed').filter(({ sessionId }) => sessionId === ann.sessionId);
    expect(shown.map(({ change }) => change.cause)).toEqual(['agent_released', 'agent_returned']);
    expect(shown[1]).toMatchObject({ change: last });
    granted(await ann.ask('customer:send_message', { sessionId: ann.sessionId, content: 'Hello bot' }));
    await until(() => ann.of('message:received').length > 0);
    expect(eve.of('message:received')).toEqual([]);
  });

  it('is told of an assignment and of its end when every notification is lost', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    services.faults.loseNotifications = true;
    services.faults.loseEntries = 2;
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    services.faults.loseEntries = 1;
    const chat = services.session.sessions.get(ann.sessionId);
    if (chat) services.handOff(chat, 'normal', 'taken away');
    await until(() => eve.of('session:unassigned').length === 1);
  });

  it('has been shown the session by the time its claim is acknowledged, also when it was told of it meanwhile', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    granted(await ann.ask('customer:request_agent', { sessionId: ann.sessionId, reason: 'a refund' }));
    granted(await eve.ask('agent:pickup_session', { sessionId: ann.sessionId }));
    expect(eve.of('session:assigned').map(({ sessionId }) => sessionId)).toEqual([ann.sessionId]);
  });

  it('is told how the customer rated a session, also after its end, and finds the rating when it looks again', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    const { sessionId } = ann;
    expect(eve.of('session:assigned')[0]?.session.rating).toBeNull();
    granted(await ann.ask('customer:end_chat', { sessionId }));
    await until(() => eve.of('session:closed').length === 1);
    granted(await ann.ask('customer:rate_chat', { sessionId, rating: 4, comment: 'quick' }));
    await until(() => eve.of('session:rated').length === 1);
    const rating = { score: 4, comment: 'quick', ratedAt: expect.any(String) };
    expect(eve.of('session:rated')).toEqual([{ sessionId, rating }]);
    const viewed = granted(await eve.ask('agent:view_session', { sessionId }));
    expect(viewed.session.rating).toEqual(rating);
    const ended = granted(await eve.ask('agent:list_ended', {}));
    expect(ended.sessions.find(({ id }) => id === sessionId)?.rating).toEqual(rating);
    expect(ann.of('session:rated')).toEqual([]);
  });

  it('keeps notes that its customer never sees', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    granted(await eve.ask('agent:add_note', { sessionId: ann.sessionId, content: 'wants a refund' }));
    await until(() => eve.of('note:added').length === 1);
    expect(ann.received.map(({ event }) => event)).not.toContain('note:added');
  });

  it('[S1] reads the older log of a session assigned to it, and of no other', async () => {
    const ann = await customer(left);
    const eve = await agent(right, 'Eve');
    const zoe = await agent(left, 'Zoe');
    const page = { sessionId: ann.sessionId, afterSeq: 1, limit: 2 };
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    granted(await eve.ask('agent:send_message', { sessionId: ann.sessionId, content: 'Hello' }));
    const { entries, hasMore } = granted(await eve.ask('agent:list_entries', page));
    expect(entries.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(hasMore).toBe(true);
    expect(await zoe.ask('agent:list_entries', page)).toMatchObject({ ok: false, code: 'NOT_FOUND' });
    expect(granted(await zoe.ask('agent:list_colleagues', {})).agents).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: eve.agentId, name: 'Eve', active: 1 })]),
    );
  });

  it('[S1] views sessions that wait and its own ended ones, and no others', async () => {
    const ann = await customer(left);
    const { sessionId } = ann;
    const eve = await agent(left, 'Eve');
    const zoe = await agent(right, 'Zoe');
    const page = { sessionId, afterSeq: 0, limit: 1 };
    const look = (who: typeof eve) => who.ask('agent:view_session', { sessionId });
    granted(await ann.ask('customer:send_message', { sessionId, content: 'Hello?' }));
    expect(await look(zoe)).toMatchObject({ ok: false, code: 'NOT_FOUND' });

    services.handOff(services.session.record(sessionId), 'normal', 'a refund');
    const seen = granted(await look(zoe));
    expect(seen.session).toMatchObject({ id: sessionId, status: 'waiting', brief: { summary: 'About: a refund' } });
    expect(seen.session.messages.map(({ content }) => content)).toContain('Hello?');
    expect(seen.wait).toMatchObject({ reason: 'a refund' });
    expect(granted(await zoe.ask('agent:list_entries', page)).entries).toHaveLength(1);

    give(sessionId, eve.agentId);
    expect(await look(zoe)).toMatchObject({ ok: false, code: 'ALREADY_TAKEN', message: 'Eve has this chat.' });
    expect(await zoe.ask('agent:list_entries', page)).toMatchObject({ ok: false, code: 'NOT_FOUND' });
    expect(granted(await eve.ask('agent:list_ended', {})).sessions).toEqual([]);

    granted(await ann.ask('customer:end_chat', { sessionId }));
    expect(await look(zoe)).toMatchObject({ ok: false, code: 'NOT_FOUND' });
    expect(await zoe.ask('agent:list_entries', page)).toMatchObject({ ok: false, code: 'NOT_FOUND' });
    expect(granted(await zoe.ask('agent:list_ended', {})).sessions).toEqual([]);
    expect(granted(await eve.ask('agent:list_ended', {})).sessions).toMatchObject([{ id: sessionId }]);
    expect(granted(await look(eve)).session).toMatchObject({ status: 'closed', assignedAgent: eve.agentId });
    expect(granted(await eve.ask('agent:list_entries', page)).entries).toHaveLength(1);
    const nowhere = { sessionId: newId() };
    expect(await eve.ask('agent:view_session', nowhere)).toMatchObject({ ok: false, code: 'NOT_FOUND' });
    expect(await client(left).ask('agent:view_session', nowhere)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is told why it cannot claim a session', async () => {
    const ann = await customer(left);
    const eve = await agent(left, 'Eve');
    const zoe = await agent(right, 'Zoe');
    const { sessionId } = ann;
    expect(await zoe.ask('agent:pickup_session', { sessionId })).toMatchObject({ ok: false, code: 'NOT_FOUND' });
    give(sessionId, eve.agentId);
    const taken = await zoe.ask('agent:pickup_session', { sessionId });
    expect(taken).toMatchObject({ ok: false, code: 'ALREADY_TAKEN', message: expect.stringContaining('Eve') });
    granted(await client(left).ask('admin:clear_queue', {}));
    expect(await zoe.ask('agent:pickup_session', {})).toMatchObject({ ok: false, code: 'QUEUE_EMPTY' });
  });
});
