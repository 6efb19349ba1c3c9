import { describe, expect, it } from 'vitest';
import { chatWorld, deliveriesOf } from '../../test/chat-world.ts';

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
    for (const end of baton.only().subscribers.keys())
      end.emit({ event: 'server:draining', payload: { withinMs: 3_000 } });
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
    for (const end of [...baton.only().subscribers.keys()]) end.dismiss();
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
