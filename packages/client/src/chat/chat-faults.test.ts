import { refuse } from '@baton/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chatWorld, textsOf } from '../../test/chat-world.ts';
import type { Line } from '../../test/manual-network.ts';

/** What can happen to a customer's page and its connection, with `at` choosing a frame. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('send' as const) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('bot', 'agent', 'control') }) },
  { weight: 8, arbitrary: fc.record({ what: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('lose', 'double', 'overtake'), at: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('down', 'up', 'up', 'dismiss') }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 15_000 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('reload', 'second page', 'refuse') }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;

function device(seed: number) {
  let state = seed;
  const world = chatWorld(() => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  });
  const { baton } = world;
  const written: string[] = [];
  let said = 0;
  let pages = [world.page()];
  const current = () => pages.at(-1) ?? world.page();
  const chatThere = () => [...baton.chats.values()][0];

  const onFrame = (line: Line, act: (index: number) => void, at: number) => {
    if (line.frames.length > 0) act(at % line.frames.length);
  };
  const happen = async (one: Happening) => {
    const { chat, line } = current();
    const there = chatThere();
    switch (one.what) {
      case 'send': {
        const text = `own ${written.length}`;
        written.push(text);
        chat.send(text);
        break;
      }
      case 'bot':
      case 'agent':
        if (there) baton.say(there, { sender: one.what, content: `${one.what} ${said++}` });
        break;
      case 'control':
        if (there) {
          const to = there.session.status === 'bot' ? 'waiting' : 'bot';
          baton.change(there, { to, cause: to === 'bot' ? 'customer_cancelled' : 'customer_requested', by: 'user' });
        }
        break;
      case 'deliver':
        for (let count = 0; count < one.count; count++) {
          line.frames.shift()?.deliver();
          await world.time.pass(0);
        }
        break;
      case 'lose':
        onFrame(line, (index) => line.frames.splice(index, 1), one.at);
        break;
      case 'double':
        onFrame(line, (index) => line.frames[index]?.deliver(), one.at);
        break;
      case 'overtake':
        onFrame(line, (index) => line.frames.splice(index, 1)[0]?.deliver(), one.at);
        break;
      case 'down':
        line.down();
        break;
      case 'up':
        line.up();
        break;
      case 'dismiss':
        for (const end of there?.subscribers.keys() ?? []) end.dismiss();
        break;
      case 'pass':
        await world.time.pass(one.ms);
        break;
      case 'refuse':
        baton.refuseNext('customer:send_message', refuse('UNAVAILABLE', 'x'), refuse('RATE_LIMITED', 'x'));
        baton.refuseNext('customer:resume_chat', refuse('UNAVAILABLE', 'x'));
        break;
      case 'reload':
        for (const page of pages) page.chat.close();
        pages = [world.page()];
        break;
      case 'second page':
        if (pages.length < 3) pages.push(world.page());
    }
    await world.time.pass(0);
  };

  /** At any moment: in order, without a gap, nothing twice. */
  const check = () => {
    for (const { chat } of pages) {
      const { items } = chat.state;
      const seqs = items.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
      expect(seqs).toEqual(seqs.map((_, index) => index + 2));
      expect(items.findIndex(({ seq }) => seq === undefined)).toBe(seqs.length < items.length ? seqs.length : -1);
      expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
      const messages = items.filter(({ kind }) => kind === 'message').map(({ content }) => content);
      expect(new Set(messages).size).toBe(messages.length);
    }
  };
  const heal = async () => {
    // On one connection nothing is lost without a trace: something comes behind it, or the gateway looks again.
    const there = chatThere();
    for (const { line } of pages) line.up();
    await world.network.deliver();
    if (there) baton.say(there, { sender: 'bot', content: 'the last' });
    for (let round = 0; round < 40; round++) {
      for (const { line } of pages) line.up();
      await world.network.deliver();
      await world.time.pass(2_500);
    }
    await world.network.deliver();
  };
  return { ...world, written, happen, check, heal, chats: () => pages.map(({ chat }) => chat), chatThere };
}

it('[M2] [M3] [M4] whatever the network and the customer do, in the end everything is there once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.array(happening, { minLength: 5, maxLength: 60 }),
      async (seed, happenings) => {
        const own = device(seed);
        for (const one of happenings) {
          await own.happen(one);
          own.check();
        }
        await own.heal();
        own.check();
        const log = own.chatThere()?.log ?? [];
        const stored = log.filter(({ sender, kind }) => sender === 'user' && kind === 'message');
        expect(own.baton.chats.size).toBe(own.written.length > 0 ? 1 : 0);
        expect(stored, 'nothing is stored twice').toHaveLength(own.written.length);
        expect(new Set(stored.map(({ content }) => content)), 'each is stored').toEqual(new Set(own.written));
        for (const chat of own.chats()) {
          if (chat.state.phase === 'idle') continue;
          expect(textsOf(chat), 'a page shows what the server has').toEqual(log.slice(1).map(({ content }) => content));
          expect(chat.state).toMatchObject({ connection: 'online', problem: null });
        }
      },
    ),
    { numRuns: 400 },
  );
}, 60_000);

it('[M3] one page alone stores messages in the order in which they were written', async () => {
  const alone = happening.filter(({ what }) => what !== 'second page');
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.array(alone, { minLength: 5, maxLength: 60 }),
      async (seed, happenings) => {
        const own = device(seed);
        for (const one of happenings) await own.happen(one);
        await own.heal();
        const log = own.chatThere()?.log ?? [];
        const stored = log.filter(({ sender, kind }) => sender === 'user' && kind === 'message');
        expect(stored.map(({ content }) => content)).toEqual(own.written);
      },
    ),
    { numRuns: 400 },
  );
}, 60_000);
