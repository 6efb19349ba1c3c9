import fc from 'fast-check';
import { expect, it } from 'vitest';
import { agentWorld } from '../../test/agent-world.ts';

/** What can happen to an agent's page with two chats, and its connection, with `at` choosing a frame. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constantFrom('send', 'customer'), chat: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('taken away', 'given back'), chat: fc.nat(1) }) },
  { weight: 8, arbitrary: fc.record({ what: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('lose', 'double', 'overtake'), at: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('down', 'up', 'up') }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 15_000 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('reload' as const) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;

async function goOnline() {
  const world = agentWorld();
  const { baton, network, time } = world;
  let page = await world.open();
  const chats = [world.waiting('one'), world.waiting('two')];
  for (const { session } of chats) void page.client.claim(session.id);
  await network.deliver();
  const written: string[] = [];
  let said = 0;

  const happen = async (one: Happening) => {
    const { client, line } = page;
    switch (one.what) {
      case 'send': {
        const id = chats[one.chat]?.session.id ?? '';
        if (!client.state.chats.has(id)) break;
        written.push(`own ${written.length}`);
        client.send(id, written.at(-1) ?? '');
        break;
      }
      case 'customer': {
        const chat = chats[one.chat];
        if (chat) baton.say(chat, { sender: 'user', content: `customer ${said++}` });
        break;
      }
      case 'taken away': {
        const chat = chats[one.chat];
        if (chat?.session.status === 'agent')
          baton.change(chat, { to: 'waiting', cause: 'agent_vanished', by: 'system' });
        break;
      }
      case 'given back': {
        const chat = chats[one.chat];
        if (chat?.session.status === 'waiting') baton.assign(chat, page.agent.id);
        break;
      }
      case 'deliver':
        for (let count = 0; count < one.count; count++) {
          line.frames.shift()?.deliver();
          await time.pass(0);
        }
        break;
      case 'lose':
        if (line.frames.length > 0) line.frames.splice(one.at % line.frames.length, 1);
        break;
      case 'double':
        if (line.frames.length > 0) line.frames[one.at % line.frames.length]?.deliver();
        break;
      case 'overtake':
        if (line.frames.length > 0) line.frames.splice(one.at % line.frames.length, 1)[0]?.deliver();
        break;
      case 'down':
        line.down();
        break;
      case 'up':
        line.up();
        break;
      case 'pass':
        await time.pass(one.ms);
        break;
      case 'reload':
        client.close();
        page = { ...world.page(), agent: page.agent };
    }
    await time.pass(0);
  };
  /** At any moment: in order, without a gap, nothing twice. */
  const check = () => {
    for (const { items } of page.client.state.chats.values()) {
      const seqs = items.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
      expect(seqs).toEqual(seqs.map((_, index) => index + (seqs[0] ?? 0)));
      expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
      const texts = items.flatMap((item) => (item.kind === 'message' ? [item.content] : []));
      expect(new Set(texts).size).toBe(texts.length);
    }
  };
  const heal = async () => {
    // A notification that was lost is made up for when the gateway compares with the record, as it does at every
    // return.
    page.line.down();
    for (const chat of chats) if (chat.session.status === 'waiting') baton.assign(chat, page.agent.id);
    for (let round = 0; round < 20; round++) {
      page.line.up();
      await network.deliver();
      await time.pass(2_500);
    }
  };
  return { chats, written, happen, check, heal, client: () => page.client };
}

it('[M2] [M3] [M4] whatever the network and the agent do, in the end each chat is there once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 60 }), async (happenings) => {
      const own = await goOnline();
      for (const one of happenings) {
        await own.happen(one);
        own.check();
      }
      await own.heal();
      own.check();
      const stored: string[] = [];
      const failed: string[] = [];
      for (const { session, log } of own.chats) {
        const shown = own.client().state.chats.get(session.id);
        expect(shown?.assignment).toBe('mine');
        const items = shown?.items ?? [];
        expect(items.flatMap(({ seq, content }) => (seq === undefined ? [] : [content]))).toEqual(
          log.map(({ content }) => content),
        );
        stored.push(
          ...log.filter(({ sender, kind }) => sender === 'agent' && kind === 'message').map((one) => one.content),
        );
        for (const item of items) if (item.kind === 'message' && item.delivery === 'failed') failed.push(item.content);
      }
      // What was written while the chat was in other hands was refused, and says so.
      expect(stored.length + failed.length).toBe(own.written.length);
      expect(new Set([...stored, ...failed])).toEqual(new Set(own.written));
    }),
    { numRuns: 300 },
  );
}, 60_000);
