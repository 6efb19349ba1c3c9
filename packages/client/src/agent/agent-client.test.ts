import { refuse } from '@baton/contracts';
import { describe, expect, it } from 'vitest';
import { deskWorld } from '../../test/agent-world.ts';

/** An agent on duty with one chat in its hands. */
async function holding(...texts: string[]) {
  const world = deskWorld();
  const made = await world.open();
  const chat = world.waiting(...texts);
  const picked = made.desk.pickUp();
  await world.network.deliver();
  const result = await picked;
  if (!result.ok) throw new Error(result.code);
  const id = chat.session.id;
  const onDesk = (desk = made.desk) => {
    const found = desk.state.chats.get(id);
    if (!found) throw new Error('the chat is not on the desk');
    return found;
  };
  const textsOf = (desk = made.desk) => onDesk(desk).items.map(({ content }) => content);
  return { ...world, ...made, chat, id, onDesk, textsOf };
}

describe('coming on duty', () => {
  it('needs a name, and tells who it is', async () => {
    const { page, flow } = deskWorld();
    const { desk, line } = page({});
    expect(desk.state).toMatchObject({ phase: 'off', connection: 'connecting', agent: null });
    expect(await desk.join()).toMatchObject({ ok: false, field: 'name' });
    const joined = desk.join({ name: 'Grace' });
    await flow(line);
    expect(await joined).toMatchObject({ ok: true, value: { name: 'Grace' } });
    expect(desk.state).toMatchObject({ phase: 'on', connection: 'online', agent: { name: 'Grace' } });
  });

  it('[S1] is refused with words, such as for a wrong key', async () => {
    const { page, flow, baton } = deskWorld();
    const { desk, line } = page();
    baton.refuseNext('agent:join', refuse('FORBIDDEN', 'no'));
    const joined = desk.join();
    await flow(line);
    expect(await joined).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(desk.state).toMatchObject({ phase: 'off', problem: { code: 'FORBIDDEN' } });
    baton.refuseNext('agent:join', refuse('UNAUTHENTICATED', 'The key for agents is missing or wrong.'));
    const again = desk.join();
    await flow(line);
    expect(await again).toMatchObject({ ok: false, code: 'UNAUTHENTICATED' });
  });

  it('comes on duty by a new stay when the answer to the first was lost too long ago', async () => {
    const { page, flow, time, baton, network } = deskWorld();
    const { desk, line } = page();
    baton.refuseNext('agent:join', refuse('ID_REUSED', 'joinId: this stay began long ago'));
    const joined = desk.join();
    await flow(line);
    await time.pass(2_000);
    await network.deliver();
    expect(await joined).toMatchObject({ ok: true, value: { name: 'Grace' } });
    expect(desk.state).toMatchObject({ phase: 'on', problem: null });
  });

  it('is one agent, also when the answer to its joining was lost', async () => {
    const { page, flow, time, baton, network } = deskWorld();
    const { desk, line } = page();
    const joined = desk.join();
    line.up();
    line.frames.shift()?.deliver();
    expect(baton.agents.size).toBe(1);
    line.down();
    await time.pass(0);
    await flow(line);
    expect(await joined).toMatchObject({ ok: true, value: { name: 'Grace' } });
    expect(baton.agents.size).toBe(1);
    const left = desk.leave();
    await network.deliver();
    await left;
    const anew = desk.join();
    await flow(line);
    expect(await anew).toMatchObject({ ok: true });
    expect(baton.agents.size).toBe(2);
  });

  it('[Q3] a reload takes up the stay, its chats, and what was not sent', async () => {
    const { desk, line, page, flow, id, onDesk, textsOf, baton, network } = await holding('help');
    baton.say([...baton.chats.values()][0] ?? baton.only(), { sender: 'user', content: 'more' });
    await network.deliver();
    desk.markSeen(id, 99);
    baton.say(baton.only(), { sender: 'user', content: 'and more' });
    await network.deliver();
    line.down();
    desk.send(id, 'on my way');
    desk.close();

    const again = page();
    expect(again.desk.state.phase).toBe('joining');
    await flow(again.line);
    expect(again.desk.state).toMatchObject({ phase: 'on', agent: { name: 'Grace' } });
    expect(textsOf(again.desk)).toEqual([
      'started',
      'help',
      'customer_requested',
      'agent_assigned',
      'more',
      'and more',
      'on my way',
    ]);
    // That it is there is no news.
    expect(onDesk(again.desk)).toMatchObject({ unread: 1, hands: 'mine', cameBack: true });
    expect(baton.agents.size).toBe(1);
  });

  it('a reload keeps what was read of each of several chats', async () => {
    const { desk, page, flow, network, baton, waiting, chat } = await holding('one');
    const other = waiting('two');
    void desk.pickUp(other.session.id);
    await network.deliver();
    desk.close();
    baton.say(chat, { sender: 'user', content: 'first' });
    for (const content of ['second', 'third']) baton.say(other, { sender: 'user', content });
    const again = page();
    await flow(again.line);
    expect([...again.desk.state.chats.values()].map(({ unread }) => unread)).toEqual([1, 2]);
    again.desk.markSeen(other.session.id, 99);
    again.desk.close();
    const last = page();
    await flow(last.line);
    expect([...last.desk.state.chats.values()].map(({ unread }) => unread)).toEqual([1, 0]);
  });

  it('a reload brings back the chats that ended, without their log until it is asked for, but not those dismissed', async () => {
    const { desk, page, flow, network, baton, waiting, chat, id } = await holding('help');
    const other = waiting('two');
    void desk.pickUp(other.session.id);
    await network.deliver();
    baton.change(chat, { to: 'closed', cause: 'customer_ended', by: 'user' });
    baton.change(other, { to: 'closed', cause: 'customer_ended', by: 'user' });
    await network.deliver();
    desk.dismiss(other.session.id);
    desk.close();

    const again = page();
    await flow(again.line);
    await flow(again.line);
    const shown = () => again.desk.state.chats.get(id);
    expect([...again.desk.state.chats.keys()]).toEqual([id]);
    expect(shown()).toMatchObject({ hands: 'closed', items: [], hasMore: true, unread: 0 });
    const viewed = again.desk.view(id);
    await network.deliver();
    expect(await viewed).toMatchObject({ ok: true });
    expect(shown()?.items.map(({ content }) => content)).toEqual([
      'started',
      'help',
      'customer_requested',
      'agent_assigned',
      'customer_ended',
    ]);
    expect(shown()).toMatchObject({ hands: 'closed', hasMore: false, ended: { cause: 'customer_ended' } });
  });

  it('a chat that ended while the connection was lost is shown as ended', async () => {
    const { line, flow, onDesk, baton, chat } = await holding('help');
    line.down();
    baton.change(chat, { to: 'closed', cause: 'customer_ended', by: 'user' });
    await flow(line);
    await flow(line);
    expect(onDesk().hands).toBe('closed');
  });

  it('[S1] looks at a chat that waits, which does not come on the desk, and at no other', async () => {
    const { desk, network, waiting, baton } = await holding('help');
    const other = waiting('let me in');
    const looking = desk.view(other.session.id);
    await network.deliver();
    const seen = await looking;
    expect(seen.ok && seen.value.session.messages.map(({ content }) => content)).toContain('let me in');
    expect(desk.state.chats.has(other.session.id)).toBe(false);
    baton.change(other, { to: 'bot', cause: 'customer_cancelled', by: 'user' });
    const again = desk.view(other.session.id);
    await network.deliver();
    expect(await again).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  });

  it('a stay under another name is not taken up', async () => {
    const { desk, page } = await holding();
    desk.close();
    expect(page({ name: 'Ada' }).desk.state.phase).toBe('off');
  });

  it('an agent that has come back elsewhere stays off here, until it is asked to take over', async () => {
    const { desk, line, page, flow, network, time } = await holding();
    const other = page();
    await flow(other.line);
    await network.deliver();
    expect(desk.state).toMatchObject({ phase: 'off', problem: { code: 'FORBIDDEN' } });
    await time.pass(60_000);
    expect(other.desk.state.phase).toBe('on');
    expect(await desk.pickUp()).toMatchObject({ ok: false, code: 'UNAUTHENTICATED' });
    const back = desk.join();
    await flow(line);
    expect(await back).toMatchObject({ ok: true });
    expect(desk.state).toMatchObject({ phase: 'on', problem: null, connection: 'online' });
    await network.deliver();
    expect(other.desk.state.phase).toBe('off');
  });

  it('an agent that was removed is off, its chats are gone, and it can join again', async () => {
    const { desk, line, flow, baton, onDesk } = await holding();
    line.down();
    baton.agents.clear();
    await flow(line);
    expect(desk.state).toMatchObject({ phase: 'off', agent: null, problem: { code: 'NOT_FOUND' } });
    expect(onDesk().hands).toBe('gone');
    const joined = desk.join();
    await flow(line);
    expect(await joined).toMatchObject({ ok: true });
    expect(desk.state.chats.size).toBe(0);
  });

  it('leaves for good', async () => {
    const { desk, network, page, baton, agent } = await holding();
    const left = desk.leave();
    await network.deliver();
    await left;
    expect(baton.agents.get(agent.id)?.agent.status).toBe('offline');
    expect(desk.state).toMatchObject({ phase: 'off', agent: null });
    expect(page().desk.state.phase).toBe('off');
  });
});

describe('a chat on the desk', () => {
  it('comes with its log, and what follows', async () => {
    const { textsOf, onDesk, chat, network, baton, desk, id } = await holding('help', 'please');
    expect(textsOf()).toEqual(['started', 'help', 'please', 'customer_requested', 'agent_assigned']);
    expect(onDesk()).toMatchObject({ hands: 'mine', unread: 0, hasMore: false, session: { status: 'agent' } });
    baton.say(chat, { sender: 'user', content: 'hello?' });
    await network.deliver();
    expect(onDesk()).toMatchObject({ unread: 1 });
    desk.send(id, 'hi');
    await network.deliver();
    expect(onDesk().items.at(-1)).toMatchObject({ own: true, delivery: 'sent', senderName: 'Grace' });
    desk.markSeen(id, 99);
    await network.deliver();
    expect(onDesk().unread).toBe(0);
    expect(baton.asked.at(-1)).toBe('seen');
  });

  it('that has more is shown page by page, backwards', async () => {
    const { desk, network, id, onDesk } = await holding(...Array.from({ length: 450 }, (_, n) => `${n}`));
    expect(onDesk().hasMore).toBe(true);
    expect(onDesk().items).toHaveLength(200);
    for (const expected of [400, 453, 453]) {
      const loaded = desk.loadEarlier(id);
      await network.deliver();
      expect(await loaded).toMatchObject({ ok: true });
      expect(onDesk().items).toHaveLength(expected);
    }
    expect(onDesk().hasMore).toBe(false);
    expect(onDesk().items.map((item) => item.seq)).toEqual(Array.from({ length: 453 }, (_, n) => n + 1));
  });

  it('[M4] a gap that lasts is filled by coming back', async () => {
    const { line, network, baton, chat, time, textsOf } = await holding('help');
    baton.say(chat, { sender: 'user', content: 'lost' });
    line.frames.splice(0);
    baton.say(chat, { sender: 'user', content: 'behind' });
    await network.deliver();
    expect(textsOf().at(-1)).toBe('agent_assigned');
    await time.pass(2_000);
    await network.deliver();
    expect(textsOf().slice(-2)).toEqual(['lost', 'behind']);
    expect(baton.asked.slice(-2)).toEqual(['agent:resume', 'agent:list_ended']);
  });

  it('[M4] what was missed while away is there, also when it was more than a page', async () => {
    const { line, flow, baton, chat, onDesk } = await holding('help');
    line.down();
    for (let n = 0; n < 300; n++) baton.say(chat, { sender: 'user', content: `${n}` });
    await flow(line);
    expect(onDesk().items.at(-1)).toMatchObject({ content: '299' });
    expect(onDesk()).toMatchObject({ hasMore: true, hands: 'mine' });
    const seqs = onDesk().items.map((item) => item.seq ?? 0);
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
  });

  it('[C4] goes on in the hands of a colleague, and comes back', async () => {
    const { desk, network, baton, page, flow, id, onDesk, storage } = await holding('help');
    storage.remove('baton.desk');
    const colleague = page({ name: 'Ada' });
    void colleague.desk.join();
    await flow(colleague.line);
    const to = { type: 'agent' as const, agentId: colleague.desk.state.agent?.id ?? '' };
    const reasons = { reason: 'knows billing', publicReason: 'Ada knows lamps.' };
    const released = desk.release(id, to, reasons.reason, reasons.publicReason);
    await network.deliver();
    expect(await released).toMatchObject({ ok: true });
    const ended = { cause: 'agent_transferred', agentName: 'Ada', ...reasons };
    expect(onDesk()).toMatchObject({ hands: 'gone', ended });
    expect(onDesk(colleague.desk)).toMatchObject({ hands: 'mine' });
    desk.send(id, 'too late');
    await network.deliver();
    expect(onDesk().items.at(-1)).toMatchObject({ delivery: 'failed', problem: { code: 'NOT_ASSIGNED' } });
    void colleague.desk.release(id, { type: 'queue' }, 'not me');
    await network.deliver();
    expect(onDesk(colleague.desk).hands).toBe('gone');
    void desk.pickUp(id);
    await network.deliver();
    expect(onDesk()).toMatchObject({ hands: 'mine', ended: null });
    desk.dismiss(id);
    expect(desk.state.chats.size).toBe(1);
    expect(baton.only().session.status).toBe('agent');
  });

  it('that ends is closed, and can be dismissed', async () => {
    const { desk, network, id, onDesk } = await holding('help');
    const closing = desk.closeChat(id, 'done', 'Write to us anytime.');
    await network.deliver();
    expect(await closing).toMatchObject({ ok: true, value: { status: 'closed' } });
    const ended = { cause: 'agent_closed', reason: 'done', publicReason: 'Write to us anytime.' };
    expect(onDesk()).toMatchObject({ hands: 'closed', ended });
    desk.dismiss(id);
    expect(desk.state.chats.size).toBe(0);
  });

  it('that left the hands while the agent was away is gone', async () => {
    const { line, flow, baton, chat, onDesk } = await holding('help');
    line.down();
    baton.change(chat, { to: 'waiting', cause: 'agent_vanished', by: 'system' });
    await flow(line);
    expect(onDesk().hands).toBe('gone');
  });

  it('has the rating that the customer gave, the newest, also after the end and a reload', async () => {
    const { desk, page, flow, network, id, onDesk, baton, chat } = await holding('help');
    expect(onDesk().rating).toBeNull();
    baton.rate(chat, 2);
    await network.deliver();
    expect(onDesk().rating).toMatchObject({ score: 2, comment: null });
    baton.change(chat, { to: 'closed', cause: 'customer_ended', by: 'user' });
    baton.rate(chat, 4, 'quick');
    await network.deliver();
    expect(onDesk()).toMatchObject({ hands: 'closed', rating: { score: 4, comment: 'quick' } });
    desk.close();
    const again = page();
    await flow(again.line);
    await flow(again.line);
    expect(again.desk.state.chats.get(id)).toMatchObject({ items: [], rating: { score: 4, comment: 'quick' } });
  });

  it('[M6] says when the customer is away and when it is back', async () => {
    const { network, onDesk, baton, chat } = await holding('help');
    expect(onDesk().customerAway).toBe(false);
    baton.presence(chat, false);
    await network.deliver();
    expect(onDesk().customerAway).toBe(true);
    baton.presence(chat, true);
    await network.deliver();
    expect(onDesk().customerAway).toBe(false);
  });

  it('has notes, each once', async () => {
    const { desk, network, id, onDesk, flow, line } = await holding('help');
    const noted = desk.addNote(id, 'a regular');
    await network.deliver();
    expect(await noted).toMatchObject({ ok: true, value: { content: 'a regular' } });
    line.down();
    await flow(line);
    expect(onDesk().notes.map(({ content }) => content)).toEqual(['a regular']);
  });

  it('that has not changed is the same object in the next snapshot', async () => {
    const { desk, network, baton, waiting, onDesk, chat } = await holding('help');
    const other = waiting('me too');
    void desk.pickUp(other.session.id);
    await network.deliver();
    const before = desk.state;
    baton.say(chat, { sender: 'user', content: 'still there?' });
    await network.deliver();
    expect(desk.state.chats).not.toBe(before.chats);
    expect(desk.state.chats.get(other.session.id)).toBe(before.chats.get(other.session.id));
    expect(onDesk().items[1]).toBe(before.chats.get(chat.session.id)?.items[1]);
  });
});

describe('the waiting list and the agent', () => {
  it('are as the server last said', async () => {
    const { open, baton, network } = deskWorld();
    const { desk, agent } = await open();
    const update = { sessions: [], total: 7, timestamp: '2026-03-02T09:30:00.000Z' };
    const end = baton.agents.get(agent.id)?.end;
    end?.emit({ event: 'queue:update', payload: update });
    end?.emit({ event: 'agent:updated', payload: { agent: { ...agent, active: 3 } } });
    await network.deliver();
    expect(desk.state).toMatchObject({ waiting: update, agent: { active: 3 } });
    const away = desk.setStatus('busy');
    await network.deliver();
    expect(await away).toMatchObject({ ok: true, value: { status: 'busy' } });
    expect(desk.state.agent?.status).toBe('busy');
  });
});
