import { newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { granted, startTestGateway } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const { services, left, right, client, customer, agent, give } = await startSystem(space);

/** Its machine is dead: it reads nothing, answers nothing, and closes nothing. */
function stopReading({ io }: ReturnType<typeof client>['socket']): void {
  // The TCP connection below, which no public interface gives.
  const { ws } = io.engine.transport as unknown as { ws: { _socket: { pause(): void } } };
  ws._socket.pause();
}

describe('a customer', () => {
  it('goes from the bot to a human on another gateway and to the end, both seeing one order', async () => {
    const ann = client(left);
    const eve = client(right);
    const { session, token } = granted(await ann.ask('customer:start_chat', { userId: 'ann' }));
    expect(ann.of('session:created')).toEqual([{ sessionId: session.id, status: 'bot', session, token }]);

    const first = granted(await ann.ask('customer:send_message', { sessionId: session.id, content: 'Hello' }));
    expect(first.message).toMatchObject({ seq: 2, sender: 'user', content: 'Hello' });
    services.act.botSays(session.id, 'Hello Ann', 2);
    await until(() => ann.seqs(session.id).length === 2);

    const { agentId } = granted(await eve.ask('agent:join', { name: 'Eve' }));
    expect(eve.of('agent:joined')[0]).toMatchObject({ agentId, agent: { name: 'Eve', status: 'available' } });
    await until(() => eve.of('queue:update').length > 0);

    const asked = granted(await ann.ask('customer:request_agent', { sessionId: session.id, reason: 'a refund' }));
    expect(asked.session.status).toBe('waiting');
    expect(services.told).toEqual([session.id]);
    const update = await until(() => eve.of('queue:update').find(({ total }) => total === 1));
    expect(update.sessions[0]).toMatchObject({
      id: session.id,
      queueInfo: { sessionId: session.id, reason: 'a refund', priority: 'normal', position: 1 },
    });

    granted(await eve.ask('agent:pickup_session', {}));
    const [assigned] = await until(() => eve.of('session:assigned').length > 0 && eve.of('session:assigned'));
    expect(assigned?.session.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(assigned?.session.brief).toEqual({ summary: 'About: a refund' });
    await until(() => ann.of('status:changed').at(-1)?.agentName === 'Eve');

    granted(await eve.ask('agent:send_message', { sessionId: session.id, content: 'Eve here' }));
    await until(() => ann.of('message:received').at(-1)?.content === 'Eve here');
    granted(await ann.ask('customer:send_message', { sessionId: session.id, content: 'Thanks' }));
    await until(() => eve.of('message:received').at(-1)?.content === 'Thanks');

    granted(await eve.ask('agent:close_session', { sessionId: session.id, reason: 'done' }));
    await until(() => ann.of('session:closed').length > 0 && eve.of('session:closed').length > 0);
    expect(ann.seqs(session.id)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(eve.seqs(session.id)).toEqual([6, 7, 8]);
    expect(ann.of('session:closed')[0]).toMatchObject({ closedBy: 'agent', seq: 8 });
    expect(eve.of('session:closed')[0]).toMatchObject({ closedBy: 'agent', reason: 'done', seq: 8 });
    expect(eve.of('session:unassigned')).toEqual([]);
    const late = await ann.ask('customer:send_message', { sessionId: session.id, content: 'One more' });
    expect(late).toMatchObject({ ok: false, code: 'SESSION_CLOSED' });
  });

  it('can do all of it without acknowledgements', async () => {
    const ann = client(left);
    ann.socket.emit('customer:start_chat', { userId: 'ann' });
    const [created] = await until(() => ann.of('session:created').length > 0 && ann.of('session:created'));
    const sessionId = created?.sessionId ?? '';
    ann.socket.emit('customer:send_message', { sessionId, content: 'Hi' });
    await until(() => ann.of('message:received').some(({ content }) => content === 'Hi'));
    ann.socket.emit('customer:end_chat', { sessionId });
    await until(() => ann.of('session:closed').length === 1);
    ann.socket.emit('customer:send_message', { sessionId, content: 'Hi again' });
    const [error] = await until(() => ann.of('error').length > 0 && ann.of('error'));
    expect(error).toMatchObject({ event: 'customer:send_message', code: 'SESSION_CLOSED' });
  });

  it('works over HTTP long-polling too', async () => {
    const ann = client(left, { transports: ['polling'] });
    const { session } = granted(await ann.ask('customer:start_chat', { userId: 'ann' }));
    granted(await ann.ask('customer:send_message', { sessionId: session.id, content: 'Hi' }));
    await until(() => ann.seqs(session.id).length === 1);
  });

  it('gets the same chat when its start is repeated, through any gateway', async () => {
    const startId = newId();
    const first = granted(await client(left).ask('customer:start_chat', { userId: 'ann', startId }));
    services.act.botSays(first.session.id, 'Welcome');
    const again = client(right);
    const second = granted(await again.ask('customer:start_chat', { userId: 'ann', startId }));
    expect(second.session.id).toBe(first.session.id);
    await until(() => again.seqs(first.session.id).length === 1);
  });

  it('whose link drops finds its chat as it was', async () => {
    const ann = await customer(left);
    ann.socket.io.engine.close();
    await until(() => ann.socket.disconnected);
    expect(services.model.chatOf(ann.sessionId)?.session.status).toBe('bot');
    const back = client(right);
    const { session } = granted(
      await back.ask('customer:resume_chat', { sessionId: ann.sessionId, token: ann.token, lastSeq: 1 }),
    );
    expect(session).toMatchObject({ id: ann.sessionId, status: 'bot' });
    granted(await back.ask('customer:send_message', { sessionId: ann.sessionId, content: 'Here again' }));
  });

  it('may send right behind the event that brings it back', async () => {
    const ann = await customer(left);
    const back = client(right);
    const { sessionId, token } = ann;
    const replies = await Promise.all([
      back.ask('customer:resume_chat', { sessionId, token, lastSeq: 1 }),
      back.ask('customer:send_message', { sessionId, content: 'one' }),
      back.ask('customer:send_message', { sessionId, content: 'two' }),
    ]);
    expect(replies.map(({ ok }) => ok)).toEqual([true, true, true]);
    await until(() => back.seqs(sessionId).length === 2);
    expect(back.seqs(sessionId)).toEqual([2, 3]);
  });

  it('has several chats on one connection, each with its own entries', async () => {
    const ann = await customer(left);
    const { session: other } = granted(await ann.ask('customer:start_chat', { userId: 'ann' }));
    granted(await ann.ask('customer:send_message', { sessionId: ann.sessionId, content: 'in the first' }));
    granted(await ann.ask('customer:send_message', { sessionId: other.id, content: 'in the second' }));
    await until(() => ann.seqs(ann.sessionId).length === 1 && ann.seqs(other.id).length === 1);
  });

  it('who waits is told its position, also when it comes back, and may change its mind', async () => {
    const { sessionId, token, ...ann } = await customer(left);
    granted(await ann.ask('customer:request_agent', { sessionId }));
    const position = { sessionId, position: 3, waiting: 4, priority: 'normal' as const, estimate: null };
    services.publish(services.subjects.live(sessionId, 'position'), position);
    await until(() => ann.of('queue:position').length > 0);
    expect(ann.of('queue:position')).toEqual([position]);

    const back = client(right);
    granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 2 }));
    await until(() => back.of('queue:position').length > 0);

    const cancelled = granted(await back.ask('customer:cancel_request', { sessionId }));
    expect(cancelled.session.status).toBe('bot');
    await until(() => ann.of('status:changed').at(-1)?.change.cause === 'customer_cancelled');
    expect(await back.ask('customer:cancel_request', { sessionId })).toMatchObject({ ok: false, code: 'NOT_WAITING' });
  });
});

describe('an agent', () => {
  it('[C3] is told of a chat whatever put it in its hands, and when it leaves them', async () => {
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

  it('[C3] who gives a chat to the bot, two changes at once, is told of the last one, with the reason', async () => {
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

  it('is told of a chat and of its loss when every hint is lost', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    services.faults.loseHints = true;
    services.faults.loseEntries = 2;
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    services.faults.loseEntries = 1;
    const chat = services.model.chatOf(ann.sessionId);
    if (chat) services.act.transfer(chat, 'normal', 'taken away');
    await until(() => eve.of('session:unassigned').length === 1);
  });

  it('has been shown the chat by the time its pickup is acknowledged, also when it was told of it meanwhile', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    granted(await ann.ask('customer:request_agent', { sessionId: ann.sessionId, reason: 'a refund' }));
    granted(await eve.ask('agent:pickup_session', { sessionId: ann.sessionId }));
    expect(eve.of('session:assigned').map(({ sessionId }) => sessionId)).toEqual([ann.sessionId]);
  });

  it('comes back on another gateway to the chats it holds; the connection it had there is told and closed', async () => {
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

  it('is not taken for gone by an old announcement that comes late', async () => {
    const eve = await agent(left);
    const record = services.model.agents.get(eve.agentId);
    services.publish(services.subjects.agent(eve.agentId, 'changed'), {
      agent: { ...record, socketId: 'an older one', capacity: 99 },
      removed: false,
    });
    services.publish(services.subjects.agent(eve.agentId, 'changed'), {
      agent: { ...record, active: 3 },
      removed: false,
    });
    await until(() => eve.of('agent:updated').length >= 2);
    expect(eve.of('agent:updated').map(({ agent: { active } }) => active)).toEqual([3, 0]);
    expect(eve.socket.connected).toBe(true);
  });

  it('is told what the customer said of a chat, also after its end, and finds it when it looks again', async () => {
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

  it('[Q3] who leaves keeps its chats for the grace period, and the queue is told', async () => {
    const ann = await customer(left);
    const eve = await agent(left);
    give(ann.sessionId, eve.agentId);
    await until(() => services.presence.present.has(eve.agentId));
    eve.close();
    await until(() => services.presence.gone.includes(eve.agentId));
    expect(services.model.chatOf(ann.sessionId)?.session).toMatchObject({
      status: 'agent',
      assignedAgent: eve.agentId,
    });
  });

  it('is one agent when it repeats its join elsewhere, because the answer was lost', async () => {
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

  it('who joins again on one connection is told again at once of the chats it holds, and hears of them on', async () => {
    const ann = await customer(left);
    const eve = await agent(left);
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    granted(await eve.ask('agent:join', { name: 'Eve' }));
    // Sooner than the comparing loop comes by.
    await until(() => eve.of('session:assigned').length === 2, { within: 1_000 });
    granted(await ann.ask('customer:send_message', { sessionId: ann.sessionId, content: 'Still there?' }));
    await until(() => eve.of('message:received').length === 1, { within: 1_000 });
  });

  it('who was taken for vanished takes chats again when it is back; one who went off duty does not', async () => {
    const eve = await agent(left);
    const record = services.model.agents.get(eve.agentId);
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

  it('that was taken for vanished while it was here is put back on duty', async () => {
    const eve = await agent(left);
    const record = services.model.agents.get(eve.agentId);
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

  it('[Q3] whose machine has died without a word is not reported any more, long before its connection ends', async () => {
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

  it('keeps notes that its customer never sees', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    give(ann.sessionId, eve.agentId);
    await until(() => eve.of('session:assigned').length === 1);
    granted(await eve.ask('agent:add_note', { sessionId: ann.sessionId, content: 'wants a refund' }));
    await until(() => eve.of('note:added').length === 1);
    expect(ann.received.map(({ event }) => event)).not.toContain('note:added');
  });

  it('[S1] reads the older log of a chat that it holds, and of no other', async () => {
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

  it('[S1] looks at a chat that waits and at its own ended ones, and at no others', async () => {
    const ann = await customer(left);
    const { sessionId } = ann;
    const eve = await agent(left, 'Eve');
    const zoe = await agent(right, 'Zoe');
    const page = { sessionId, afterSeq: 0, limit: 1 };
    const look = (who: typeof eve) => who.ask('agent:view_session', { sessionId });
    granted(await ann.ask('customer:send_message', { sessionId, content: 'Hello?' }));
    expect(await look(zoe)).toMatchObject({ ok: false, code: 'NOT_FOUND' });

    granted(await ann.ask('customer:request_agent', { sessionId, reason: 'a refund' }));
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

  it('is told why it cannot pick up', async () => {
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

describe('an operator', () => {
  it('sees figures, queue and health as acknowledgements and as events, and may clear the queue', async () => {
    const ann = await customer(left);
    granted(await ann.ask('customer:request_agent', { sessionId: ann.sessionId }));
    const operator = client(right);
    const stats = granted(await operator.ask('admin:get_stats', {}));
    expect(operator.of('stats:update')).toEqual([stats]);
    const debug = granted(await operator.ask('admin:debug_queue', {}));
    expect(operator.of('queue:debug_info')).toEqual([debug]);
    expect(debug.database.waiting).toContainEqual(expect.objectContaining({ sessionId: ann.sessionId }));
    const waiting = granted(await operator.ask('admin:list_waiting', {}));
    expect(waiting.sessions.map(({ id }) => id)).toContain(ann.sessionId);
    const eve = await agent(left);
    const { agents } = granted(await operator.ask('admin:list_agents', {}));
    expect(agents.map(({ id }) => id)).toContain(eve.agentId);
    const health = granted(await operator.ask('admin:health_check', {}));
    expect(health.status).toBe('up');
    expect(operator.of('health:status')[0]).toMatchObject({
      overall: 'up',
      database: { status: 'up' },
      queue: { status: 'up' },
    });
    expect(granted(await operator.ask('admin:clear_queue', {})).cleared).toBeGreaterThan(0);
    await until(() => ann.of('status:changed').at(-1)?.change.cause === 'queue_cleared');
  });
});
