import { refuse } from '@baton/contracts';
import { describe, expect, it } from 'vitest';
import { agentWorld } from '../../test/agent-world.ts';

/** An agent online with one chat in its hands. */
async function holding(...texts: string[]) {
  const world = agentWorld();
  const made = await world.open();
  const chat = world.waiting(...texts);
  const picked = made.client.claim();
  await world.network.deliver();
  const result = await picked;
  if (!result.ok) throw new Error(result.code);
  const id = chat.session.id;
  const shownChat = (client = made.client) => {
    const found = client.state.chats.get(id);
    if (!found) throw new Error('the chat is not on the client');
    return found;
  };
  const textsOf = (client = made.client) => shownChat(client).items.map(({ content }) => content);
  return { ...world, ...made, chat, id, shownChat, textsOf };
}

describe('going online', () => {
  it('needs a name, and tells who it is', async () => {
    const { page, flow } = agentWorld();
    const { client, line } = page({});
    expect(client.state).toMatchObject({ phase: 'off', connection: 'connecting', agent: null });
    expect(await client.join()).toMatchObject({ ok: false, field: 'name' });
    const joined = client.join({ name: 'Grace' });
    await flow(line);
    expect(await joined).toMatchObject({ ok: true, value: { name: 'Grace' } });
    expect(client.state).toMatchObject({ phase: 'on', connection: 'online', agent: { name: 'Grace' } });
  });

  it('[S1] is refused with words, such as for a wrong key', async () => {
    const { page, flow, baton } = agentWorld();
    const { client, line } = page();
    baton.refuseNext('agent:join', refuse('FORBIDDEN', 'no'));
    const joined = client.join();
    await flow(line);
    expect(await joined).toMatchObject({ ok: false, code: 'FORBIDDEN' });
    expect(client.state).toMatchObject({ phase: 'off', problem: { code: 'FORBIDDEN' } });
    baton.refuseNext('agent:join', refuse('UNAUTHENTICATED', 'The key for agents is missing or wrong.'));
    const again = client.join();
    await flow(line);
    expect(await again).toMatchObject({ ok: false, code: 'UNAUTHENTICATED' });
  });

  it('goes online by a new stay when the answer to the first was lost too long ago', async () => {
    const { page, flow, time, baton, network } = agentWorld();
    const { client, line } = page();
    baton.refuseNext('agent:join', refuse('ID_REUSED', 'joinId: this stay began long ago'));
    const joined = client.join();
    await flow(line);
    await time.pass(2_000);
    await network.deliver();
    expect(await joined).toMatchObject({ ok: true, value: { name: 'Grace' } });
    expect(client.state).toMatchObject({ phase: 'on', problem: null });
  });

  it('is one agent, also when the answer to its joining was lost', async () => {
    const { page, flow, time, baton, network } = agentWorld();
    const { client, line } = page();
    const joined = client.join();
    line.up();
    line.frames.shift()?.deliver();
    expect(baton.agents.size).toBe(1);
    line.down();
    await time.pass(0);
    await flow(line);
    expect(await joined).toMatchObject({ ok: true, value: { name: 'Grace' } });
    expect(baton.agents.size).toBe(1);
    const left = client.leave();
    await network.deliver();
    await left;
    const anew = client.join();
    await flow(line);
    expect(await anew).toMatchObject({ ok: true });
    expect(baton.agents.size).toBe(2);
  });

  it('[Q3] a reload takes up the stay, its chats, and what was not sent', async () => {
    const { client, line, page, flow, id, shownChat, textsOf, baton, network } = await holding('help');
    baton.say([...baton.chats.values()][0] ?? baton.only(), { sender: 'user', content: 'more' });
    await network.deliver();
    client.markSeen(id, 99);
    baton.say(baton.only(), { sender: 'user', content: 'and more' });
    await network.deliver();
    line.down();
    client.send(id, 'on my way');
    client.close();

    const again = page();
    expect(again.client.state.phase).toBe('joining');
    await flow(again.line);
    expect(again.client.state).toMatchObject({ phase: 'on', agent: { name: 'Grace' } });
    expect(textsOf(again.client)).toEqual([
      'started',
      'help',
      'customer_requested',
      'agent_assigned',
      'more',
      'and more',
      'on my way',
    ]);
    // That it is there is no news.
    expect(shownChat(again.client)).toMatchObject({ unread: 1, assignment: 'mine', restored: true });
    expect(baton.agents.size).toBe(1);
  });

  it('a reload keeps what was read of each of several chats', async () => {
    const { client, page, flow, network, baton, waiting, chat } = await holding('one');
    const other = waiting('two');
    void client.claim(other.session.id);
    await network.deliver();
    client.close();
    baton.say(chat, { sender: 'user', content: 'first' });
    for (const content of ['second', 'third']) baton.say(other, { sender: 'user', content });
    const again = page();
    await flow(again.line);
    expect([...again.client.state.chats.values()].map(({ unread }) => unread)).toEqual([1, 2]);
    again.client.markSeen(other.session.id, 99);
    again.client.close();
    const last = page();
    await flow(last.line);
    expect([...last.client.state.chats.values()].map(({ unread }) => unread)).toEqual([1, 0]);
  });

  it('a reload brings back the chats that ended, without their log until it is asked for, but not those dismissed', async () => {
    const { client, page, flow, network, baton, waiting, chat, id } = await holding('help');
    const other = waiting('two');
    void client.claim(other.session.id);
    await network.deliver();
    baton.change(chat, { to: 'closed', cause: 'customer_ended', by: 'user' });
    baton.change(other, { to: 'closed', cause: 'customer_ended', by: 'user' });
    await network.deliver();
    client.dismiss(other.session.id);
    client.close();

    const again = page();
    await flow(again.line);
    await flow(again.line);
    const shown = () => again.client.state.chats.get(id);
    expect([...again.client.state.chats.keys()]).toEqual([id]);
    expect(shown()).toMatchObject({ assignment: 'closed', items: [], hasMore: true, unread: 0 });
    const viewed = again.client.view(id);
    await network.deliver();
    expect(await viewed).toMatchObject({ ok: true });
    expect(shown()?.items.map(({ content }) => content)).toEqual([
      'started',
      'help',
      'customer_requested',
      'agent_assigned',
      'customer_ended',
    ]);
    expect(shown()).toMatchObject({ assignment: 'closed', hasMore: false, ended: { cause: 'customer_ended' } });
  });

  it('a chat that ended while the connection was lost is shown as ended', async () => {
    const { line, flow, shownChat, baton, chat } = await holding('help');
    line.down();
    baton.change(chat, { to: 'closed', cause: 'customer_ended', by: 'user' });
    await flow(line);
    await flow(line);
    expect(shownChat().assignment).toBe('closed');
  });

  it('[S1] looks at a chat that waits, which does not come on the client, and at no other', async () => {
    const { client, network, waiting, baton } = await holding('help');
    const other = waiting('let me in');
    const looking = client.view(other.session.id);
    await network.deliver();
    const seen = await looking;
    expect(seen.ok && seen.value.session.messages.map(({ content }) => content)).toContain('let me in');
    expect(client.state.chats.has(other.session.id)).toBe(false);
    baton.change(other, { to: 'bot', cause: 'customer_cancelled', by: 'user' });
    const again = client.view(other.session.id);
    await network.deliver();
    expect(await again).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  });

  it('a stay under another name is not taken up', async () => {
    const { client, page } = await holding();
    client.close();
    expect(page({ name: 'Ada' }).client.state.phase).toBe('off');
  });

  it('an agent that has come back elsewhere stays off here, until it is asked to take over', async () => {
    const { client, line, page, flow, network, time } = await holding();
    const other = page();
    await flow(other.line);
    await network.deliver();
    expect(client.state).toMatchObject({ phase: 'off', problem: { code: 'FORBIDDEN' } });
    await time.pass(60_000);
    expect(other.client.state.phase).toBe('on');
    expect(await client.claim()).toMatchObject({ ok: false, code: 'UNAUTHENTICATED' });
    const back = client.join();
    await flow(line);
    expect(await back).toMatchObject({ ok: true });
    expect(client.state).toMatchObject({ phase: 'on', problem: null, connection: 'online' });
    await network.deliver();
    expect(other.client.state.phase).toBe('off');
  });

  it('an agent that was removed is off, its chats are gone, and it can join again', async () => {
    const { client, line, flow, baton, shownChat } = await holding();
    line.down();
    baton.agents.clear();
    await flow(line);
    expect(client.state).toMatchObject({ phase: 'off', agent: null, problem: { code: 'NOT_FOUND' } });
    expect(shownChat().assignment).toBe('gone');
    const joined = client.join();
    await flow(line);
    expect(await joined).toMatchObject({ ok: true });
    expect(client.state.chats.size).toBe(0);
  });

  it('leaves for good', async () => {
    const { client, network, page, baton, agent } = await holding();
    const left = client.leave();
    await network.deliver();
    await left;
    expect(baton.agents.get(agent.id)?.agent.status).toBe('offline');
    expect(client.state).toMatchObject({ phase: 'off', agent: null });
    expect(page().client.state.phase).toBe('off');
  });
});

describe('a chat on the client', () => {
  it('comes with its log, and what follows', async () => {
    const { textsOf, shownChat, chat, network, baton, client, id } = await holding('help', 'please');
    expect(textsOf()).toEqual(['started', 'help', 'please', 'customer_requested', 'agent_assigned']);
    expect(shownChat()).toMatchObject({ assignment: 'mine', unread: 0, hasMore: false, session: { status: 'agent' } });
    baton.say(chat, { sender: 'user', content: 'hello?' });
    await network.deliver();
    expect(shownChat()).toMatchObject({ unread: 1 });
    client.send(id, 'hi');
    await network.deliver();
    expect(shownChat().items.at(-1)).toMatchObject({ own: true, delivery: 'sent', senderName: 'Grace' });
    client.markSeen(id, 99);
    await network.deliver();
    expect(shownChat().unread).toBe(0);
    expect(baton.asked.at(-1)).toBe('seen');
  });

  it('that has more is shown page by page, backwards', async () => {
    const { client, network, id, shownChat } = await holding(...Array.from({ length: 450 }, (_, n) => `${n}`));
    expect(shownChat().hasMore).toBe(true);
    expect(shownChat().items).toHaveLength(200);
    for (const expected of [400, 453, 453]) {
      const loaded = client.loadEarlier(id);
      await network.deliver();
      expect(await loaded).toMatchObject({ ok: true });
      expect(shownChat().items).toHaveLength(expected);
    }
    expect(shownChat().hasMore).toBe(false);
    expect(shownChat().items.map((item) => item.seq)).toEqual(Array.from({ length: 453 }, (_, n) => n + 1));
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
    const { line, flow, baton, chat, shownChat } = await holding('help');
    line.down();
    for (let n = 0; n < 300; n++) baton.say(chat, { sender: 'user', content: `${n}` });
    await flow(line);
    expect(shownChat().items.at(-1)).toMatchObject({ content: '299' });
    expect(shownChat()).toMatchObject({ hasMore: true, assignment: 'mine' });
    const seqs = shownChat().items.map((item) => item.seq ?? 0);
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
  });

  it('[C4] goes on in the assignment of a colleague, and comes back', async () => {
    const { client, network, baton, page, flow, id, shownChat, storage } = await holding('help');
    storage.remove('baton.client');
    const colleague = page({ name: 'Ada' });
    void colleague.client.join();
    await flow(colleague.line);
    const to = { type: 'agent' as const, agentId: colleague.client.state.agent?.id ?? '' };
    const reasons = { reason: 'knows billing', publicReason: 'Ada knows lamps.' };
    const transferred = client.transfer(id, to, reasons.reason, reasons.publicReason);
    await network.deliver();
    expect(await transferred).toMatchObject({ ok: true });
    const ended = { cause: 'agent_transferred', agentName: 'Ada', ...reasons };
    expect(shownChat()).toMatchObject({ assignment: 'gone', ended });
    expect(shownChat(colleague.client)).toMatchObject({ assignment: 'mine' });
    client.send(id, 'too late');
    await network.deliver();
    expect(shownChat().items.at(-1)).toMatchObject({ delivery: 'failed', problem: { code: 'NOT_ASSIGNED' } });
    void colleague.client.transfer(id, { type: 'queue' }, 'not me');
    await network.deliver();
    expect(shownChat(colleague.client).assignment).toBe('gone');
    void client.claim(id);
    await network.deliver();
    expect(shownChat()).toMatchObject({ assignment: 'mine', ended: null });
    client.dismiss(id);
    expect(client.state.chats.size).toBe(1);
    expect(baton.only().session.status).toBe('agent');
  });

  it('that ends is closed, and can be dismissed', async () => {
    const { client, network, id, shownChat } = await holding('help');
    const closing = client.closeChat(id, 'done', 'Write to us anytime.');
    await network.deliver();
    expect(await closing).toMatchObject({ ok: true, value: { status: 'closed' } });
    const ended = { cause: 'agent_closed', reason: 'done', publicReason: 'Write to us anytime.' };
    expect(shownChat()).toMatchObject({ assignment: 'closed', ended });
    client.dismiss(id);
    expect(client.state.chats.size).toBe(0);
  });

  it('that left the hands while the agent was away is gone', async () => {
    const { line, flow, baton, chat, shownChat } = await holding('help');
    line.down();
    baton.change(chat, { to: 'waiting', cause: 'agent_vanished', by: 'system' });
    await flow(line);
    expect(shownChat().assignment).toBe('gone');
  });

  it('has the rating that the customer gave, the newest, also after the end and a reload', async () => {
    const { client, page, flow, network, id, shownChat, baton, chat } = await holding('help');
    expect(shownChat().rating).toBeNull();
    baton.rate(chat, 2);
    await network.deliver();
    expect(shownChat().rating).toMatchObject({ score: 2, comment: null });
    baton.change(chat, { to: 'closed', cause: 'customer_ended', by: 'user' });
    baton.rate(chat, 4, 'quick');
    await network.deliver();
    expect(shownChat()).toMatchObject({ assignment: 'closed', rating: { score: 4, comment: 'quick' } });
    client.close();
    const again = page();
    await flow(again.line);
    await flow(again.line);
    expect(again.client.state.chats.get(id)).toMatchObject({ items: [], rating: { score: 4, comment: 'quick' } });
  });

  it('[M6] says when the customer is away and when it is back', async () => {
    const { network, shownChat, baton, chat } = await holding('help');
    expect(shownChat().customerAway).toBe(false);
    baton.presence(chat, false);
    await network.deliver();
    expect(shownChat().customerAway).toBe(true);
    baton.presence(chat, true);
    await network.deliver();
    expect(shownChat().customerAway).toBe(false);
  });

  it('has notes, each once', async () => {
    const { client, network, id, shownChat, flow, line } = await holding('help');
    const noted = client.addNote(id, 'a regular');
    await network.deliver();
    expect(await noted).toMatchObject({ ok: true, value: { content: 'a regular' } });
    line.down();
    await flow(line);
    expect(shownChat().notes.map(({ content }) => content)).toEqual(['a regular']);
  });

  it('that has not changed is the same object in the next snapshot', async () => {
    const { client, network, baton, waiting, shownChat, chat } = await holding('help');
    const other = waiting('me too');
    void client.claim(other.session.id);
    await network.deliver();
    const before = client.state;
    baton.say(chat, { sender: 'user', content: 'still there?' });
    await network.deliver();
    expect(client.state.chats).not.toBe(before.chats);
    expect(client.state.chats.get(other.session.id)).toBe(before.chats.get(other.session.id));
    expect(shownChat().items[1]).toBe(before.chats.get(chat.session.id)?.items[1]);
  });
});

describe('the queue and the agent', () => {
  it('are as the server last said', async () => {
    const { open, baton, network } = agentWorld();
    const { client, agent } = await open();
    const update = { sessions: [], total: 7, timestamp: '2026-03-02T09:30:00.000Z' };
    const end = baton.agents.get(agent.id)?.end;
    end?.emit({ event: 'queue:update', payload: update });
    end?.emit({ event: 'agent:updated', payload: { agent: { ...agent, active: 3 } } });
    await network.deliver();
    expect(client.state).toMatchObject({ waiting: update, agent: { active: 3 } });
    const away = client.setStatus('busy');
    await network.deliver();
    expect(await away).toMatchObject({ ok: true, value: { status: 'busy' } });
    expect(client.state.agent?.status).toBe('busy');
  });
});
