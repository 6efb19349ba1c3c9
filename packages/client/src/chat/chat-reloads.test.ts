import { describe, expect, it } from 'vitest';
import { chatWorld, deliveriesOf, textsOf } from '../../test/chat-world.ts';

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

  it.each(['a page that was open all the time', 'a reload'])(
    '%s, of a chat whose time has run out, asks for it once and begins anew',
    async (which) => {
      const { open, page, flow, network, time, baton } = chatWorld();
      const first = await open();
      first.chat.send('long ago');
      await network.deliver();
      first.line.down();
      baton.only().token = 'no longer good';
      baton.asked.length = 0;
      const { chat, line } = which === 'a reload' ? page() : first;
      for (let minute = 0; minute < 5; minute++) {
        await flow(line);
        await time.pass(60_000);
        await network.deliver();
        line.down();
      }
      expect(baton.asked).toEqual(['customer:resume_chat']);
      expect(chat.state).toMatchObject({ phase: 'idle', session: null, items: [], problem: { code: 'NOT_FOUND' } });
      await flow(line);
      chat.send('hello again');
      await network.deliver();
      expect(chat.state).toMatchObject({ phase: 'open', problem: null });
      expect(textsOf(chat)).toEqual(['hello again']);
      expect(baton.chats.size).toBe(2);
    },
  );

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
    const { createChat } = await import('../index.ts');
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
