import { describe, expect, it } from 'vitest';
import { chatWorld, deliveriesOf, textsOf } from '../../test/chat-world.ts';

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
      for (const end of baton.only().subscribers.keys()) for (const one of drafts) end.emit(one);
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
      for (const end of baton.only().subscribers.keys()) end.emit({ event: 'message:draft', payload });
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
      for (const end of baton.only().subscribers.keys()) end.emit({ event: 'typing', payload });
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
    for (const end of baton.only().subscribers.keys()) end.emit({ event: 'queue:position', payload });
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
