import { describe, expect, it } from 'vitest';
import { chatWorld, deliveriesOf } from '../../test/chat-world.ts';

describe('notifications to the other side', () => {
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
    for (const end of baton.only().subscribers.keys()) {
      end.emit({ event: 'seen', payload: { sessionId, sender: 'user', seq } });
      await network.deliver();
      expect(deliveriesOf(chat)).toEqual([['hello', 'sent']]);
      end.emit({ event: 'seen', payload: { sessionId, sender: 'agent', seq } });
    }
    await network.deliver();
    expect(deliveriesOf(chat)).toEqual([['hello', 'seen']]);
  });
});
