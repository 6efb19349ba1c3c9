import { type Hang, hangWebSockets, startSystem, until } from '@baton/testkit';
import { expect, it } from 'vitest';
import { createChat, memoryStorage } from '../index.ts';

const system = await startSystem();
const target = system.urls[0] ?? '';

it.each<Hang>(['no answer', 'silence', 'one way'])(
  'a WebSocket that hangs (%s) gives way to polling within 20 s, and the chat goes on',
  async (hang) => {
    await using stack = new AsyncDisposableStack();
    const between = await hangWebSockets(target, hang);
    stack.defer(between.close);
    const chat = createChat({ url: between.url, userId: `visitor ${hang}`, storage: memoryStorage() });
    stack.defer(() => chat.close());
    const begun = performance.now();
    void chat.start();
    chat.send('Hello?');
    await until(() => chat.state.items.some((item) => item.kind === 'message' && item.delivery === 'sent'), {
      within: 30_000,
    });
    const took = performance.now() - begun;
    process.stdout.write(`a WebSocket that hangs (${hang}): sent after ${(took / 1_000).toFixed(1)} s\n`);
    expect(took).toBeLessThan(20_000);
    expect(between.asked).toBeGreaterThan(0);
    // The WebSocket that is tried beside it hangs, too, and hurts nobody.
    await until(() => chat.state.items.some((item) => item.kind === 'message' && item.sender === 'bot'));
    chat.send('And on?');
    // Stored, whether or not the bot has read it meanwhile.
    await until(
      () => chat.state.items.filter((item) => item.kind === 'message' && item.own && item.entry).length === 2,
    );
    expect(chat.state.connection).toBe('online');
  },
);

it('who polls has a WebSocket again when they work again', async () => {
  await using stack = new AsyncDisposableStack();
  const between = await hangWebSockets(target, 'silence');
  stack.defer(between.close);
  const chat = createChat({ url: between.url, userId: 'commuter', storage: memoryStorage() });
  stack.defer(() => chat.close());
  expect(await chat.start()).toMatchObject({ ok: true });
  await until(
    () => {
      between.heal();
      return between.passed > 0;
    },
    { within: 30_000, every: 2_000 },
  );
  chat.send('Hello');
  await until(() => chat.state.items.some((item) => item.kind === 'message' && item.delivery === 'sent'));
});
