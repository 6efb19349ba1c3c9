import { setTimeout as sleep } from 'node:timers/promises';
import { startSystem, until } from '@baton/testkit';
import { type Answer, type SentRequest, startModelServer } from '@baton/testkit/model-server';
import { io } from 'socket.io-client';
import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Received } from '../clients/bare-client.ts';

/**
 * What a stranger can make the model cost, at the settings that hold by default: two ai services share the work, so the
 * budgets have to hold over both.
 */
const model = await startModelServer();
afterAll(() => model.close());
const system = await startSystem({
  ais: 2,
  gateways: 2,
  env: { OPENAI_BASE_URL: model.baseUrl, OPENAI_MODEL: 'm', TRUSTED_PROXIES: '1' },
});

/** When each request came that was made for a customer, and what it says. */
const calls: { at: number; said: string }[] = [];
const about = (...words: readonly string[]) => calls.filter(({ said }) => words.some((word) => said.includes(word)));
let answer: (request: SentRequest) => Answer = () => ({ text: 'We open at nine.' });
model.say((request) => {
  const said = JSON.stringify(request.messages);
  calls.push({ at: performance.now(), said });
  return answer(request);
});
beforeEach(() => {
  calls.length = 0;
});

/** A counter of the ai services, all together; `name` is how its line begins. */
async function metric(name: string): Promise<number> {
  const texts = await Promise.all(system.ais.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line.startsWith(name)));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

const sockets: ReturnType<typeof io>[] = [];
afterAll(() => sockets.forEach((socket) => void socket.disconnect()));
/** A page at an address of the network, as the proxy tells it. */
function page(address: string, door = 0) {
  const socket = io(system.urls[door] ?? '', {
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { 'x-forwarded-for': address },
  });
  sockets.push(socket);
  const messages: Received[] = [];
  const statuses: string[] = [];
  socket.on('message:received', (message: Received) => messages.push(message));
  socket.on('status:changed', ({ status }: Received) => void statuses.push(status));
  const ask = (event: string, payload: object): Promise<Received> => socket.timeout(20_000).emitWithAck(event, payload);
  const start = async (userId: string): Promise<string> => {
    const reply = await ask('customer:start_chat', { userId });
    return reply.ok ? reply.value.session.id : '';
  };
  const answers = () => messages.filter(({ sender }) => sender === 'bot').length;
  return { ask, start, answers, statuses, leave: () => void socket.disconnect() };
}

it('[S6] [A1] one address makes the model cost sixty calls a minute at most, and nobody else notices', {
  timeout: 150_000,
}, async () => {
  const until_ = performance.now() + 65_000;
  const goesOn = () => performance.now() < until_;
  let sent = 0;
  let chats = 0;
  /** Chat after chat under one name after the other, each as fast as the limits allow. */
  const flood = async (n: number) => {
    let { ask, start, leave } = page('203.0.113.66', n % 2);
    for (let chat = 1; goesOn(); chat++) {
      // A connection can have fifty chats; then it comes back as another.
      if (chat % 50 === 0) {
        leave();
        ({ ask, start, leave } = page('203.0.113.66', n % 2));
      }
      const sessionId = await start(`mallory-${n}-${chats++}`);
      for (let message = 0; sessionId !== '' && message < 5 && goesOn(); message++) {
        const reply = await ask('customer:send_message', { sessionId, content: `Tell me a story, number ${message}.` });
        if (reply.ok) sent++;
        await sleep(50);
      }
      if (sessionId === '') await sleep(200);
    }
  };
  /** Somebody else, at another address, who asks now and then. */
  const waits: number[] = [];
  const ann = page('198.51.100.7');
  const annAsks = async () => {
    const sessionId = await ann.start('ann');
    await until(() => ann.answers() === 1, { what: 'the greeting of Ann' });
    while (goesOn()) {
      const [before, start] = [ann.answers(), performance.now()];
      expect(await ann.ask('customer:send_message', { sessionId, content: 'When do you open?' })).toMatchObject({
        ok: true,
      });
      await until(() => ann.answers() > before || ann.statuses.includes('waiting'), { what: 'an answer for Ann' });
      waits.push(performance.now() - start);
      await sleep(6_000);
    }
  };
  await Promise.all([annAsks(), ...Array.from({ length: 16 }, (_, n) => flood(n))]);

  const at = about('Tell me a story').map((call) => call.at);
  const most = Math.max(...at.map((from) => at.filter((time) => time >= from && time < from + 60_000).length));
  const refused = await metric('baton_ai_budget_refusals_total{budget="address",limit="callsPerMinute"');
  process.stdout.write(
    `one address: ${sent} messages in ${chats} chats, ${at.length} calls, at most ${most} in a minute, ${refused} refused\n`,
  );
  expect(sent).toBeGreaterThan(500);
  expect(most).toBeLessThanOrEqual(60);
  // It was the budget that held, and nothing else: it refused, after it had been used.
  expect(refused).toBeGreaterThan(0);
  expect(at.length).toBeGreaterThan(40);
  expect(ann.statuses).toEqual([]);
  expect(Math.max(...waits)).toBeLessThan(5_000);
});

it('[S6] [A1] one message makes the model cost eight calls at most, whatever the model makes of it', async () => {
  const poems = Array.from({ length: 32 }, (_, n) => ({ name: 'write_poem', arguments: { topic: `lamp ${n}` } }));
  answer = ({ tools }) => (tools ? { calls: poems } : { text: 'A poem.' });
  const bob = page('192.0.2.20');
  const sessionId = await bob.start('bob');
  await until(() => bob.answers() === 1, { what: 'the greeting of Bob' });
  await bob.ask('customer:send_message', { sessionId, content: 'Write me thirty-two poems!' });
  await until(() => bob.statuses.includes('waiting') || bob.answers() === 2, { what: 'an end' });
  await sleep(1_000);
  // The chats of the flood may still be served; these are Bob's and their poem's.
  const ofBob = about('thirty-two poems', 'lamp 0').length;
  expect(ofBob).toBeGreaterThan(2);
  expect(ofBob).toBeLessThanOrEqual(8);
});
