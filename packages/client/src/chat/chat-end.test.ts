import { describe, expect, it } from 'vitest';
import { chatWorld, deliveriesOf, textsOf } from '../../test/chat-world.ts';

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
    expect(baton.only().rating).toMatchObject({ score: 4, comment: 'good' });
    chat.close();

    const again = page();
    await flow(again.line);
    expect(again.chat.state).toMatchObject({ phase: 'closed', rating: 4, ratingComment: 'good' });
    again.chat.startOver();
    expect(again.chat.state).toMatchObject({
      phase: 'idle',
      items: [],
      rating: null,
      ratingComment: null,
      session: null,
    });
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

  it('what was written while the agent ended the chat goes along to the next one', async () => {
    const { open, page, flow, network, baton } = chatWorld();
    const { chat, line } = await open();
    chat.send('arrives');
    await network.deliver();
    line.down();
    chat.send('one more question');
    baton.change(baton.only(), { to: 'closed', cause: 'agent_closed', by: 'agent' });
    await flow(line);
    expect(chat.state.phase).toBe('closed');
    expect(deliveriesOf(chat)).toEqual([
      ['arrives', 'sent'],
      ['one more question', 'failed'],
    ]);
    chat.startOver();
    expect(chat.state).toMatchObject({ phase: 'idle', session: null });
    expect(deliveriesOf(chat)).toEqual([['one more question', 'failed']]);
    expect(chat.state.items[0]).toMatchObject({ problem: { code: 'SESSION_CLOSED' } });
    chat.close();

    // Over a reload, too; and it is sent only when its writer says so.
    const again = page();
    await flow(again.line);
    expect(again.chat.state.phase).toBe('idle');
    expect(deliveriesOf(again.chat)).toEqual([['one more question', 'failed']]);
    const [item] = again.chat.state.items;
    if (item?.kind !== 'message' || item.clientMessageId === undefined) throw new Error('no message');
    again.chat.retry(item.clientMessageId);
    await flow(again.line);
    expect(deliveriesOf(again.chat)).toEqual([['one more question', 'sent']]);
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
