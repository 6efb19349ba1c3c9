import { refuse } from '@baton/contracts';
import { describe, expect, it } from 'vitest';
import { chatWorld, deliveriesOf, textsOf } from '../../test/chat-world.ts';

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
    baton.only().subscribers.clear();
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
