import { channels } from '@baton/contracts';
import { newId } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { granted } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const { services, left, right, client, customer } = await startSystem(space);

describe('a customer', () => {
  it('goes from the bot to a human on another gateway and to the end, both seeing one order', async () => {
    const ann = client(left);
    const eve = client(right);
    const { session, token } = granted(await ann.ask('customer:start_chat', { userId: 'ann' }));
    expect(ann.of('session:created')).toEqual([{ sessionId: session.id, status: 'bot', session, token }]);

    const first = granted(await ann.ask('customer:send_message', { sessionId: session.id, content: 'Hello' }));
    expect(first.message).toMatchObject({ seq: 2, sender: 'user', content: 'Hello' });
    services.botSays(session.id, 'Hello Ann', 2);
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

    Object.assign(services.session.record(session.id).wait ?? {}, { brief: { summary: 'About: a refund' } });
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

  it('gets the same session when its start is repeated, through any gateway', async () => {
    const startId = newId();
    const first = granted(await client(left).ask('customer:start_chat', { userId: 'ann', startId }));
    services.botSays(first.session.id, 'Welcome');
    const again = client(right);
    const second = granted(await again.ask('customer:start_chat', { userId: 'ann', startId }));
    expect(second.session.id).toBe(first.session.id);
    await until(() => again.seqs(first.session.id).length === 1);
  });

  it('whose connection drops finds its session unchanged', async () => {
    const ann = await customer(left);
    ann.socket.io.engine.close();
    await until(() => ann.socket.disconnected);
    expect(services.session.sessions.get(ann.sessionId)?.session.status).toBe('bot');
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

  it('[M3] comes back twice at once, and what it sends between and behind keeps its order', async () => {
    const { sessionId, token } = await customer(left);
    const back = client(right);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let reads = 0;
    services.faults.hold = (endpoint) => (endpoint === 'get' && ++reads === 1 ? released : undefined);
    const come = () => back.ask('customer:resume_chat', { sessionId, token, lastSeq: 1 });
    const say = (content: string) => back.ask('customer:send_message', { sessionId, content });
    const first = [come(), say('one')];
    await until(() => reads === 1);
    const second = [come(), say('two')];
    granted(await (second[0] as ReturnType<typeof come>));
    second.push(say('three'));
    release();
    expect((await Promise.all([...first, ...second])).map(({ ok }) => ok)).toEqual(Array(5).fill(true));
    const entries = services.session.record(sessionId).entries.slice(1);
    expect(entries.map(({ content }) => content)).toEqual(['one', 'two', 'three']);
  });

  it('has several sessions on one connection, each with its own entries', async () => {
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
    services.bus.publish(channels.live.position, { session: sessionId }, position);
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
