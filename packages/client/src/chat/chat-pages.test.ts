import { refuse } from '@baton/contracts';
import { describe, expect, it } from 'vitest';
import { chatWorld, textsOf } from '../../test/chat-world.ts';

/**
 * A world in which this customer has a chat with so many messages of the bot, and the page that opened it is closed.
 */
async function longChat(messages: number) {
  const world = chatWorld();
  const { chat, line } = await world.open();
  line.down();
  chat.close();
  say(world, 1, messages);
  return world;
}
const say = ({ baton }: ReturnType<typeof chatWorld>, from: number, to: number) => {
  for (let n = from; n <= to; n++) baton.say(baton.only(), { sender: 'bot', content: `${n}` });
};
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);

describe('a long chat', () => {
  it('[M4] comes back with its newest part, and gives what is before it page by page, without gap or repeat', async () => {
    const { page, flow, network } = await longChat(500);
    const { chat, line } = page();
    await flow(line);
    expect(textsOf(chat)).toEqual(numbers(451, 500));
    expect(chat.state).toMatchObject({ phase: 'open', hasMore: true });
    const first = chat.state.items[0];
    const load = async () => {
      const loading = chat.loadEarlier();
      await network.deliver();
      expect(await loading).toMatchObject({ ok: true });
    };
    await load();
    expect(textsOf(chat)).toEqual(numbers(251, 500));
    expect(chat.state.items[200], 'what was there stays the same object').toBe(first);
    await load();
    await load();
    expect(textsOf(chat)).toEqual(numbers(1, 500));
    expect(chat.state.hasMore).toBe(false);
    await load();
    expect(textsOf(chat)).toEqual(numbers(1, 500));
  });

  it('[M4] that went on while the page was away is filled up, however much was missed', async () => {
    const world = await longChat(60);
    const { chat, line } = world.page();
    await world.flow(line);
    line.down();
    say(world, 61, 900);
    await world.flow(line);
    expect(textsOf(chat)).toEqual(numbers(11, 900));
    expect(chat.state.hasMore).toBe(true);
  });

  it('[M3] [M4] keeps what comes before the answer that has the page', async () => {
    const world = await longChat(300);
    const { chat, line } = world.page();
    world.baton.answerLate('customer:resume_chat', () => say(world, 301, 302));
    await world.flow(line);
    expect(textsOf(chat)).toEqual(numbers(251, 302));
  });

  it('of a gateway without pages has everything', async () => {
    const { page, flow, baton } = await longChat(300);
    baton.withoutPages();
    const { chat, line } = page();
    await flow(line);
    expect(textsOf(chat)).toEqual(numbers(1, 300));
    expect(chat.state.hasMore).toBe(false);
  });

  it('says so when a page cannot be loaded, and stays unchanged', async () => {
    const { page, flow, network, baton } = await longChat(300);
    const { chat, line } = page();
    await flow(line);
    baton.refuseNext('customer:list_entries', refuse('INTERNAL', 'x'));
    const loading = chat.loadEarlier();
    await network.deliver();
    expect(await loading).toMatchObject({ ok: false, code: 'INTERNAL' });
    expect(textsOf(chat)).toEqual(numbers(251, 300));
  });

  it('reads on where an answer was cut, as it was too large', async () => {
    const { page, flow, network, baton } = await longChat(300);
    const { chat, line } = page();
    await flow(line);
    baton.mostInAnAnswer(70);
    const loading = chat.loadEarlier();
    for (let round = 0; round < 5; round++) await network.deliver();
    expect(await loading).toMatchObject({ ok: true });
    expect(textsOf(chat)).toEqual(numbers(51, 300));
    expect(baton.asked.filter((event) => event === 'customer:list_entries')).toHaveLength(3);
  });
});
