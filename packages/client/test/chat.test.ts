import { refuse } from '@baton/contracts';
import { describe, expect, it } from 'vitest';
import { chatWorld, deliveriesOf, textsOf } from './chat-world.ts';

describe('starting', () => {
  it('sends nothing before it is asked to, then opens a chat', async () => {
    const { page, flow, baton } = chatWorld();
    const { chat, line } = page();
    line.up();
    expect(chat.state).toMatchObject({ phase: 'idle', connection: 'connecting', session: null, items: [] });
    expect(line.isUp).toBe(false);
    const started = chat.start();
    expect(chat.state.phase).toBe('starting');
    await flow(line);
    expect(await started).toMatchObject({ ok: true, value: { status: 'bot' } });
    expect(chat.state).toMatchObject({
      phase: 'open',
      connection: 'online',
      session: { status: 'bot' },
      problem: null,
    });
    expect(baton.asked).toEqual(['customer:start_chat']);
  });

  it('goes on trying while it cannot be, and opens one chat only', async () => {
    const { page, flow, baton, time, network } = chatWorld();
    const { chat, line } = page();
    baton.refuseNext('customer:start_chat', refuse('UNAVAILABLE', 'not now'), refuse('TIMEOUT', 'perhaps'));
    const started = chat.start();
    await flow(line);
    expect(chat.state).toMatchObject({ phase: 'starting', problem: { code: 'UNAVAILABLE' } });
    await time.pass(1_000);
    line.frames[0]?.deliver();
    line.down();
    line.up();
    await network.deliver();
    await time.pass(5_000);
    await network.deliver();
    expect(await started).toMatchObject({ ok: true });
    expect(baton.chats.size).toBe(1);
    expect(chat.state).toMatchObject({ phase: 'open', problem: null });
  });

  it('ends with the reason when it is refused for good', async () => {
    const { page, flow, baton } = chatWorld();
    const { chat, line } = page();
    baton.refuseNext('customer:start_chat', refuse('VALIDATION_FAILED', 'userId: must not be empty'));
    const started = chat.start();
    await flow(line);
    expect(await started).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
    expect(chat.state).toMatchObject({ phase: 'idle', problem: { code: 'VALIDATION_FAILED' } });
  });

  it('[S2] does not send what would cost it the connection', async () => {
    const { page } = chatWorld();
    const { chat } = page({ metadata: { much: 'x'.repeat(20_000) } });
    expect(await chat.start()).toMatchObject({ ok: false, code: 'VALIDATION_FAILED', field: 'metadata' });
  });

  it('knows a chat by `session:created`, too, when the answer is lost', async () => {
    const { page, network, baton, time } = chatWorld();
    const { chat, line } = page();
    void chat.start();
    line.up();
    line.frames.shift()?.deliver();
    line.frames.shift()?.deliver();
    expect(chat.state.phase).toBe('open');
    line.down();
    line.up();
    await network.deliver();
    await time.pass(1_000);
    expect(baton.asked).toEqual(['customer:start_chat', 'customer:resume_chat']);
    expect(baton.chats.size).toBe(1);
  });

  it('takes another id for the start when the first was used with other metadata', async () => {
    const { page, flow, baton } = chatWorld();
    const first = page({ metadata: { page: 1 } });
    void first.chat.start();
    first.line.up();
    // The server has it, but the page never hears of it.
    first.line.frames.shift()?.deliver();
    first.chat.close();
    const second = page({ metadata: { page: 2 } });
    const started = second.chat.start();
    await flow(second.line);
    expect(await started).toMatchObject({ ok: true });
    expect(baton.chats.size).toBe(2);
  });

  it('two pages that start at once have one chat', async () => {
    const { page, flow, baton } = chatWorld();
    const [one, two] = [page(), page()];
    void one.chat.start();
    one.line.up();
    void two.chat.start();
    await flow(one.line);
    await flow(two.line);
    expect(baton.chats.size).toBe(1);
    expect(two.chat.state.session?.id).toBe(one.chat.state.session?.id);
  });
});

describe('sending', () => {
  it('[M3] one after the other, in the order in which they were written', async () => {
    const { open, network, baton } = chatWorld();
    const { chat, line } = await open();
    for (const text of ['one', 'two', 'three']) chat.send(text);
    expect(line.frames).toHaveLength(1);
    expect(deliveriesOf(chat)).toEqual([
      ['one', 'sending'],
      ['two', 'sending'],
      ['three', 'sending'],
    ]);
    await network.deliver();
    expect(
      baton
        .only()
        .log.slice(1)
        .map(({ content }) => content),
    ).toEqual(['one', 'two', 'three']);
    expect(deliveriesOf(chat).map(([, delivery]) => delivery)).toEqual(['sent', 'sent', 'sent']);
  });

  it('keeps the key of a message from the first moment on', async () => {
    const { open, network } = chatWorld();
    const { chat } = await open();
    chat.send('hello');
    const before = chat.state.items[0]?.key;
    await network.deliver();
    expect(chat.state.items.map(({ key }) => key)).toEqual([before]);
  });

  it('starts a chat when there is none', async () => {
    const { page, flow, baton } = chatWorld();
    const { chat, line } = page();
    chat.send('hello');
    await flow(line);
    expect(baton.only().log.map(({ content }) => content)).toContain('hello');
  });

  it('[M2] a message whose acknowledgement is lost is sent again with its id, and shown once', async () => {
    const { open, network, baton, time } = chatWorld();
    const { chat, line } = await open();
    chat.send('hello');
    line.frames.shift()?.deliver();
    line.down();
    expect(deliveriesOf(chat)).toEqual([['hello', 'sending']]);
    line.up();
    await network.deliver();
    await time.pass(1_000);
    await network.deliver();
    expect(baton.only().log).toHaveLength(2);
    expect(deliveriesOf(chat)).toEqual([['hello', 'sent']]);
  });

  it.each(['RATE_LIMITED', 'UNAVAILABLE', 'TIMEOUT', 'DRAINING'] as const)('%s: it is sent again', async (code) => {
    const { open, network, baton, time } = chatWorld();
    const { chat } = await open();
    baton.refuseNext('customer:send_message', refuse(code, 'x'), refuse(code, 'x'));
    chat.send('hello');
    await network.deliver();
    expect(deliveriesOf(chat)).toEqual([['hello', 'sending']]);
    await time.pass(400);
    await network.deliver();
    await time.pass(2_000);
    await network.deliver();
    expect(deliveriesOf(chat)).toEqual([['hello', 'sent']]);
  });

  it.each(['SESSION_CLOSED', 'VALIDATION_FAILED', 'ID_REUSED', 'FORBIDDEN'] as const)(
    '%s: it has failed, and what is behind it goes on',
    async (code) => {
      const { open, network, baton } = chatWorld();
      const { chat } = await open();
      baton.refuseNext('customer:send_message', refuse(code, 'not so'));
      const id = chat.send('hello');
      chat.send('world');
      await network.deliver();
      // What is in the log comes before what is not.
      expect(deliveriesOf(chat)).toEqual([
        ['world', 'sent'],
        ['hello', 'failed'],
      ]);
      expect(chat.state.items.at(-1)).toMatchObject({ problem: { code, message: 'not so' } });
      chat.retry(id);
      await network.deliver();
      expect(textsOf(chat)).toEqual(['world', 'hello']);
      expect(baton.only().log).toHaveLength(3);
    },
  );

  it('a fault of the server is tried again a few times only', async () => {
    const { open, network, baton, time } = chatWorld();
    const { chat } = await open();
    baton.refuseNext('customer:send_message', ...Array.from({ length: 9 }, () => refuse('INTERNAL', 'a fault')));
    const id = chat.send('hello');
    for (let round = 0; round < 30; round++) {
      await network.deliver();
      await time.pass(1_000);
    }
    expect(baton.asked.filter((event) => event === 'customer:send_message')).toHaveLength(5);
    expect(deliveriesOf(chat)).toEqual([['hello', 'failed']]);
    chat.discard(id);
    expect(chat.state.items).toEqual([]);
  });

  it('says again who it is when the server does not know the chat on this connection', async () => {
    const { open, network, baton, time } = chatWorld();
    const { chat } = await open();
    baton.only().seats.clear();
    chat.send('hello');
    await network.deliver();
    await time.pass(1_000);
    await network.deliver();
    expect(baton.asked.slice(1)).toEqual(['customer:send_message', 'customer:resume_chat', 'customer:send_message']);
    expect(deliveriesOf(chat)).toEqual([['hello', 'sent']]);
  });

  it.each([
    ['blank', ' \n'],
    ['longer than the server takes', 'x'.repeat(16_385)],
    ['so long that it would cost the connection', 'x'.repeat(1_000_000)],
  ])('what is %s has failed at once', async (_, text) => {
    const { open, baton } = chatWorld();
    const { chat } = await open();
    chat.send(text);
    expect(chat.state.items).toMatchObject([{ delivery: 'failed', problem: { code: 'VALIDATION_FAILED' } }]);
    expect(baton.asked).toEqual(['customer:start_chat']);
  });
});

describe('reloads', () => {
  it('[M4] shows the whole chat again, sends what was not sent, and knows what was read', async () => {
    const { open, page, flow, network, baton } = chatWorld();
    const { chat, line } = await open();
    chat.send('one');
    baton.say(baton.only(), { sender: 'bot', content: 'answer', inReplyTo: 2 });
    await network.deliver();
    chat.markSeen(99);
    baton.say(baton.only(), { sender: 'bot', content: 'and more' });
    await network.deliver();
    expect(chat.state).toMatchObject({ unread: 1 });
    line.down();
    chat.send('two');
    chat.close();

    const again = page();
    expect(again.chat.state).toMatchObject({ phase: 'starting' });
    expect(textsOf(again.chat)).toEqual(['two']);
    await flow(again.line);
    expect(textsOf(again.chat)).toEqual(textsOf(chat).with(-1, 'two'));
    expect(again.chat.state).toMatchObject({ phase: 'open', unread: 1 });
    expect(deliveriesOf(again.chat).at(-1)).toEqual(['two', 'sent']);
    expect(baton.chats.size).toBe(1);
  });

  it('[S1] forgets the chat of another customer on the same device, and what they had not sent', async () => {
    const { open, page, flow, baton } = chatWorld();
    const { chat, line } = await open();
    line.down();
    chat.send('my secret');
    chat.close();
    const other = page({ userId: 'eve' });
    expect(other.chat.state).toMatchObject({ phase: 'idle', items: [] });
    void other.chat.start();
    await flow(other.line);
    expect(baton.chats.size).toBe(2);
    expect(textsOf(other.chat)).toEqual([]);
  });

  it('a chat that is no longer there: what was not sent is shown as failed, and a new one can be started', async () => {
    const { open, page, flow, network, baton } = chatWorld();
    const { chat, line } = await open();
    line.down();
    const id = chat.send('lost?');
    chat.close();
    baton.chats.clear();
    const again = page();
    await flow(again.line);
    expect(again.chat.state).toMatchObject({ phase: 'idle', problem: { code: 'NOT_FOUND' } });
    expect(deliveriesOf(again.chat)).toEqual([['lost?', 'failed']]);
    again.chat.retry(id);
    await network.deliver();
    expect(deliveriesOf(again.chat)).toEqual([['lost?', 'sent']]);
    expect(again.chat.state).toMatchObject({ phase: 'open', problem: null });
  });

  it('start opens another at once when the one in storage is no longer there', async () => {
    const { open, page, flow, baton } = chatWorld();
    const { chat } = await open();
    chat.close();
    baton.chats.clear();
    const again = page();
    const started = again.chat.start();
    await flow(again.line);
    expect(await started).toMatchObject({ ok: true });
    expect(again.chat.state.phase).toBe('open');
  });

  it('storage that throws, or holds rubbish, is no obstacle', async () => {
    const { network, flow, time, baton } = chatWorld();
    const { createChat } = await import('../src/index.ts');
    const broken = () => {
      throw new Error('denied');
    };
    for (const get of [broken, () => '{"userId":7}', () => 'rubbish', () => '[1,{"content":2}]']) {
      const line = network.line();
      const storage = { get, set: broken, remove: broken };
      const chat = createChat({ userId: 'ada', storage, transport: line.transport, clock: time.clock });
      void chat.start();
      chat.send('hello');
      await flow(line);
      expect(deliveriesOf(chat)).toEqual([['hello', 'sent']]);
      chat.close();
    }
    expect(baton.chats.size).toBe(4);
  });

  it('two pages keep each other up to date, and lose nothing that either has not sent', async () => {
    const { open, page, flow, network, baton } = chatWorld();
    const one = await open();
    const two = page();
    await flow(two.line);
    one.line.down();
    two.line.down();
    one.chat.send('from one');
    two.chat.send('from two');
    one.chat.close();
    two.chat.close();
    const three = page();
    await flow(three.line);
    expect(textsOf(three.chat)).toEqual(['from one', 'from two']);
    expect(baton.only().log).toHaveLength(3);
    await network.deliver();
  });
});

describe('the connection', () => {
  it('lost for a moment, or draining, is not shown; lost for longer is', async () => {
    const { open, flow, time } = chatWorld();
    const { chat, line } = await open();
    line.down();
    await time.pass(1_900);
    expect(chat.state.connection).toBe('online');
    await time.pass(200);
    expect(chat.state.connection).toBe('offline');
    await flow(line);
    expect(chat.state.connection).toBe('online');
  });

  it('[O1] a server that drains is not shown', async () => {
    const { open, flow, network, baton, time } = chatWorld();
    const { chat, line } = await open();
    for (const end of baton.only().seats.keys()) end.emit({ event: 'server:draining', payload: { withinMs: 3_000 } });
    await network.deliver();
    const seen: string[] = [];
    chat.subscribe(({ connection }) => seen.push(connection));
    await time.pass(3_000);
    line.down();
    chat.send('meanwhile');
    await time.pass(4_000);
    await flow(line);
    expect(chat.state.connection).toBe('online');
    expect(seen).not.toContain('offline');
    expect(deliveriesOf(chat)).toEqual([['meanwhile', 'sent']]);
  });

  it('comes back after the server has ended it on purpose', async () => {
    const { open, baton, time, network } = chatWorld();
    const { chat, line } = await open();
    for (const end of [...baton.only().seats.keys()]) end.dismiss();
    await time.pass(60_000);
    line.up();
    await network.deliver();
    expect(chat.state.connection).toBe('online');
  });

  it('an action waits for it a while, then says that there is none', async () => {
    const { open, time, flow, baton } = chatWorld();
    const { chat, line } = await open();
    line.down();
    const asked = chat.requestAgent('billing');
    await time.pass(3_000);
    await flow(line);
    expect(await asked).toMatchObject({ ok: true, value: { status: 'waiting' } });
    line.down();
    const again = chat.cancelRequest();
    await time.pass(11_000);
    expect(await again).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
    expect(baton.only().session.status).toBe('waiting');
  });
});

describe('what is shown', () => {
  it('[M3] a gap that lasts is filled by coming back with the number before it', async () => {
    const { open, network, baton, time } = chatWorld();
    const { chat, line } = await open();
    const say = (content: string) => baton.say(baton.only(), { sender: 'bot', content });
    say('two');
    say('three');
    line.frames.shift();
    await network.deliver();
    expect(textsOf(chat)).toEqual([]);
    await time.pass(2_000);
    await network.deliver();
    expect(textsOf(chat)).toEqual(['two', 'three']);
    expect(baton.asked.slice(1)).toEqual(['customer:resume_chat']);
    await time.pass(60_000);
    expect(baton.asked).toHaveLength(2);
  });

  it('an own message that was acknowledged behind a gap stays where it is, as sent', async () => {
    const { open, network, baton } = chatWorld();
    const { chat, line } = await open();
    baton.say(baton.only(), { sender: 'bot', content: 'lost' });
    line.frames.shift();
    chat.send('hello');
    await network.deliver();
    expect(deliveriesOf(chat)).toEqual([['hello', 'sent']]);
  });

  it('[M6] a draft grows, is replaced by its entry, and never comes back', async () => {
    const { open, network, baton, time } = chatWorld();
    const { chat } = await open();
    chat.send('hello');
    await network.deliver();
    const draft = (text: string, ended = false) => ({
      event: 'message:draft' as const,
      payload: { sessionId: baton.only().session.id, turnId: 't', inReplyTo: 2, epoch: 1, text, ended },
    });
    const tell = async (...drafts: ReturnType<typeof draft>[]) => {
      for (const end of baton.only().seats.keys()) for (const one of drafts) end.emit(one);
      await network.deliver();
    };
    await tell(draft('I'), draft('I am'), draft('I a'));
    expect(chat.state.draft).toMatchObject({ text: 'I am', inReplyTo: 2 });
    expect(deliveriesOf(chat)).toEqual([['hello', 'seen']]);
    await tell(draft('I am a bot.', true));
    expect(chat.state.draft?.text).toBe('I am');
    baton.say(baton.only(), { sender: 'bot', content: 'I am a bot.', inReplyTo: 2 });
    await network.deliver();
    expect(chat.state.draft).toBeNull();
    await tell(draft('I am a bot, too late'));
    expect(chat.state.draft).toBeNull();
    await time.pass(60_000);
    expect(textsOf(chat)).toEqual(['hello', 'I am a bot.']);
  });

  it('[M6] a draft that was given up, or of which nothing more is heard, goes', async () => {
    const { open, network, baton, time } = chatWorld();
    const { chat } = await open();
    const tell = async (inReplyTo: number, text: string, ended: boolean) => {
      const sessionId = baton.only().session.id;
      const payload = { sessionId, turnId: `t${inReplyTo}`, inReplyTo, epoch: 1, text, ended };
      for (const end of baton.only().seats.keys()) end.emit({ event: 'message:draft', payload });
      await network.deliver();
    };
    await tell(2, 'Well', false);
    await tell(2, 'Well', true);
    await time.pass(2_900);
    expect(chat.state.draft?.text).toBe('Well');
    await time.pass(200);
    expect(chat.state.draft).toBeNull();
    await tell(3, 'Hm', false);
    await time.pass(21_000);
    expect(chat.state.draft).toBeNull();
    await tell(4, 'As I said', false);
    baton.change(baton.only(), { to: 'waiting', cause: 'bot_transferred', by: 'bot' });
    await network.deliver();
    expect(chat.state.draft).toBeNull();
  });

  it('[M6] typing of the other side ends with its message, by a word, or by itself', async () => {
    const { open, network, baton, time } = chatWorld();
    const { chat } = await open();
    const tell = async (active: boolean, sender: 'agent' | 'user' = 'agent') => {
      const payload = { sessionId: baton.only().session.id, sender, name: 'Grace', active };
      for (const end of baton.only().seats.keys()) end.emit({ event: 'typing', payload });
      await network.deliver();
    };
    await tell(true, 'user');
    expect(chat.state.typing).toBeNull();
    await tell(true);
    expect(chat.state.typing).toEqual({ sender: 'agent', name: 'Grace' });
    await tell(false);
    expect(chat.state.typing).toBeNull();
    await tell(true);
    baton.say(baton.only(), { sender: 'agent', content: 'hi' });
    await network.deliver();
    expect(chat.state.typing).toBeNull();
    await tell(true);
    await time.pass(6_000);
    await tell(true);
    await time.pass(6_000);
    expect(chat.state.typing).not.toBeNull();
    await time.pass(1_100);
    expect(chat.state.typing).toBeNull();
  });

  it('[C3] [Q4] control and place in the queue', async () => {
    const { open, network, baton } = chatWorld();
    const { chat } = await open();
    void chat.requestAgent();
    await network.deliver();
    const { id } = baton.only().session;
    const payload = {
      sessionId: id,
      position: 2,
      waiting: 3,
      priority: 'normal' as const,
      estimate: { lowSeconds: 60, highSeconds: 120 },
    };
    for (const end of baton.only().seats.keys()) end.emit({ event: 'queue:position', payload });
    await network.deliver();
    expect(chat.state).toMatchObject({ session: { status: 'waiting' }, queue: { position: 2 } });
    baton.change(baton.only(), { to: 'agent', cause: 'agent_assigned', by: 'agent', agentId: id, agentName: 'Grace' });
    await network.deliver();
    expect(chat.state).toMatchObject({ session: { status: 'agent', agentName: 'Grace' }, queue: null });
    void chat.end();
    await network.deliver();
    expect(chat.state).toMatchObject({ phase: 'closed', session: { status: 'closed', agentName: 'Grace' } });
    expect(chat.state.items.map((item) => item.kind === 'event' && item.change.cause)).toEqual([
      'customer_requested',
      'agent_assigned',
      'customer_ended',
    ]);
  });

  it('a snapshot is never changed, and what has not changed in the next is the same object', async () => {
    const { open, network, baton } = chatWorld();
    const { chat } = await open();
    chat.send('one');
    await network.deliver();
    const before = chat.state;
    const frozen = JSON.stringify(before);
    expect(chat.state).toBe(before);
    baton.say(baton.only(), { sender: 'bot', content: 'two' });
    await network.deliver();
    expect(JSON.stringify(before)).toBe(frozen);
    expect(chat.state).not.toBe(before);
    expect(chat.state.items[0]).toBe(before.items[0]);
    expect(chat.state.session).toBe(before.session);
    baton.say(baton.only(), { sender: 'bot', content: 'three', inReplyTo: 2 });
    await network.deliver();
    expect(before.items[0]).toMatchObject({ delivery: 'sent' });
    expect(chat.state.items[0]).toMatchObject({ delivery: 'seen' });
  });

  it('listeners are told soon, not for every event of many, and until they leave', async () => {
    const { open, network, baton, time } = chatWorld();
    const { chat } = await open();
    const told: number[] = [];
    const leave = chat.subscribe(({ items }) => told.push(items.length));
    for (let index = 0; index < 500; index++) baton.say(baton.only(), { sender: 'bot', content: `${index}` });
    await network.deliver();
    await time.pass(20);
    expect(told.at(-1)).toBe(500);
    expect(told.length).toBeLessThanOrEqual(3);
    leave();
    chat.send('x');
    await network.deliver();
    await time.pass(20);
    expect(told.at(-1)).toBe(500);
  });
});

describe('hints to the other side', () => {
  const withAgent = async () => {
    const world = chatWorld();
    const made = await world.open();
    const { id } = world.baton.only().session;
    world.baton.change(world.baton.only(), { to: 'waiting', cause: 'customer_requested', by: 'user' });
    world.baton.change(world.baton.only(), { to: 'agent', cause: 'agent_assigned', by: 'agent', agentId: id });
    await world.network.deliver();
    world.baton.asked.length = 0;
    return { ...world, ...made };
  };

  it('typing is told now and then, and ends by itself', async () => {
    const { chat, network, baton, time } = await withAgent();
    const signs = () => baton.asked.filter((event) => event === 'typing').length;
    for (let key = 0; key < 20; key++) {
      chat.setTyping(true);
      await time.pass(200);
      await network.deliver();
    }
    expect(signs()).toBe(2);
    await time.pass(5_100);
    await network.deliver();
    expect(signs()).toBe(3);
    await time.pass(60_000);
    expect(signs()).toBe(3);
    chat.setTyping(true);
    chat.send('sent');
    await time.pass(60_000);
    await network.deliver();
    // The message ends it for the other side as well.
    expect(signs()).toBe(4);
  });

  it('nobody is told while no human is there', async () => {
    const { open, network, baton } = chatWorld();
    const { chat } = await open();
    baton.say(baton.only(), { sender: 'bot', content: 'hello' });
    await network.deliver();
    chat.setTyping(true);
    chat.markSeen(2);
    await network.deliver();
    expect(baton.asked).toEqual(['customer:start_chat']);
  });

  it('what was seen is told once, coalesced, and again after a reconnect', async () => {
    const { chat, line, network, baton, time, flow } = await withAgent();
    for (let index = 0; index < 5; index++) {
      baton.say(baton.only(), { sender: 'agent', content: `${index}` });
      await network.deliver();
      chat.markSeen(baton.only().session.lastSeq);
      chat.markSeen(baton.only().session.lastSeq);
      await network.deliver();
    }
    await time.pass(1_100);
    await network.deliver();
    expect(baton.asked).toEqual(['seen', 'seen']);
    expect(chat.state).toMatchObject({ unread: 0, seen: baton.only().session.lastSeq });
    line.down();
    await flow(line);
    expect(baton.asked.slice(2)).toEqual(['customer:resume_chat', 'seen']);
  });

  it('the seen sign of the other side marks own messages', async () => {
    const { chat, network, baton } = await withAgent();
    chat.send('hello');
    await network.deliver();
    expect(deliveriesOf(chat)).toEqual([['hello', 'sent']]);
    const { id: sessionId, lastSeq: seq } = baton.only().session;
    for (const end of baton.only().seats.keys()) {
      end.emit({ event: 'seen', payload: { sessionId, sender: 'user', seq } });
      await network.deliver();
      expect(deliveriesOf(chat)).toEqual([['hello', 'sent']]);
      end.emit({ event: 'seen', payload: { sessionId, sender: 'agent', seq } });
    }
    await network.deliver();
    expect(deliveriesOf(chat)).toEqual([['hello', 'seen']]);
  });
});

describe('the end', () => {
  it('a closed chat can be rated, survives a reload, and is forgotten to start over', async () => {
    const { open, page, flow, network, baton } = chatWorld();
    const { chat } = await open();
    chat.startOver();
    expect(chat.state.phase).toBe('open');
    void chat.end();
    await network.deliver();
    const rated = chat.rate(4, 'good');
    await network.deliver();
    expect(await rated).toMatchObject({ ok: true });
    expect(baton.only().verdict).toEqual({ rating: 4, comment: 'good' });
    chat.close();

    const again = page();
    await flow(again.line);
    expect(again.chat.state).toMatchObject({ phase: 'closed', rating: 4 });
    again.chat.startOver();
    expect(again.chat.state).toMatchObject({ phase: 'idle', items: [], rating: null, session: null });
    again.chat.send('hello again');
    await network.deliver();
    expect(again.chat.state.phase).toBe('open');
    expect(deliveriesOf(again.chat)).toEqual([['hello again', 'sent']]);
    expect(baton.chats.size).toBe(2);
  });

  it('starting over on one page leaves alone what was begun on another', async () => {
    const { open, page, flow, network, baton } = chatWorld();
    const one = await open();
    const two = page();
    await flow(two.line);
    void one.chat.end();
    await network.deliver();
    one.chat.startOver();
    one.chat.send('a new one');
    await network.deliver();
    expect(two.chat.state.phase).toBe('closed');
    two.chat.startOver();
    await network.deliver();
    expect(two.chat.state.session?.id).toBe(one.chat.state.session?.id);
    expect(textsOf(two.chat)).toEqual(['a new one']);
    one.chat.close();
    two.chat.close();
    const three = page();
    await flow(three.line);
    expect(textsOf(three.chat)).toEqual(['a new one']);
    expect(baton.chats.size).toBe(2);
  });

  it('after close nothing moves any more', async () => {
    const { open, time, baton } = chatWorld();
    const { chat } = await open();
    chat.setTyping(true);
    chat.close();
    await time.pass(20);
    expect(time.pending).toBe(0);
    expect(await chat.requestAgent()).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
    expect(await chat.start()).toMatchObject({ ok: false });
    expect(baton.asked).toEqual(['customer:start_chat']);
  });
});
