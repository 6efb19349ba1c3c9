import { connect } from 'node:net';
import { testSpace, until } from '@baton/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { granted, type TestClient } from '../../../test/gateways.ts';
import { startSystem } from '../../../test/system.ts';

const space = await testSpace();
const { services, left, client, customer } = await startSystem(space, {
  EVENT_RATE: '20',
  EVENT_BURST: '100',
  ADDRESS_BURST: '100000',
  TRUSTED_PROXIES: '1',
});
const open: WebSocket[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.terminate();
});

const at = (query: string) => `${left.url}/socket.io/?EIO=4&${query}`;

/** Each test floods from another address, as one that was cut too often must wait. */
let address = '';
beforeEach(({ task }) => {
  address = `2001:db8:0:${task.id.replaceAll(/\D/g, '').slice(-4)}::1`;
});
/** A bare WebSocket that has joined, and counts what it is sent. */
async function joined(query = 'transport=websocket', first = '40') {
  const headers = { 'x-forwarded-for': address };
  const socket = new WebSocket(at(query).replace('http', 'ws'), { headers });
  open.push(socket);
  const seen = { packets: 0, pongs: 0, closed: false };
  socket.on('error', () => {});
  socket.on('close', () => {
    seen.closed = true;
  });
  socket.on('pong', () => seen.pongs++);
  await new Promise((resolve) => socket.once('open', resolve));
  if (first !== '') socket.send(first);
  await until(() => first === '' || seen.packets > 0 || socket.once('message', () => seen.packets++) === undefined);
  socket.on('message', () => seen.packets++);
  return { socket, seen };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const FLOOD = 20_000;
/** What one connection may send at once, and in each second after. */
const PACKETS_BURST = 500;
const PACKETS_RATE = 60;

it('[M3] what one client sends in one go keeps its order, also when it leaves at once', async () => {
  const ann = await customer(left);
  const said = Array.from({ length: 45 }, (_, n) => `word ${n}`);
  for (const content of said) ann.socket.emit('customer:send_message', { sessionId: ann.sessionId, content });
  ann.socket.close();
  const entries = () => services.session.sessions.get(ann.sessionId)?.entries ?? [];
  await until(() => entries().length === 46);
  expect(
    entries()
      .slice(1)
      .map(({ content }) => content),
  ).toEqual(said);
});

describe('[S6] a burst of one address, within its limits', () => {
  /** Units of work that may have begun, by the pace that comes with the default limits. */
  const begun = (sinceMs: number) => 24 + 8 + (240 * sinceMs) / 1_000;
  const from = (one: string) => client(left, { extraHeaders: { 'x-forwarded-for': one } });
  async function startChat(one: TestClient): Promise<string> {
    return granted(await one.ask('customer:start_chat', { userId: 'customer' })).session.id;
  }

  it('is spread over time, all of it, and a word of another address goes before most of it', async () => {
    const flood = Array.from({ length: 8 }, () => from(address));
    const chats = await Promise.all(flood.map(startChat));
    const witness = from('192.0.2.77');
    const sessionId = await startChat(witness);
    const said = Array.from({ length: 40 }, (_, n) => `${n}`);
    const stored = (chat: string) => (services.session.sessions.get(chat)?.entries ?? []).map(({ content }) => content);
    const count = () => chats.reduce((sum, chat) => sum + stored(chat).length - 1, 0);
    const start = performance.now();
    for (const content of said)
      for (const [n, one] of flood.entries())
        one.socket.emit('customer:send_message', { sessionId: chats[n], content });
    granted(await witness.ask('customer:send_message', { sessionId, content: 'a word' }));
    while (count() < 320) {
      expect(count()).toBeLessThanOrEqual(begun(performance.now() - start));
      await pause(5);
    }
    expect(performance.now() - start).toBeGreaterThan(1_000);
    for (const chat of chats) expect(stored(chat).slice(1)).toEqual(said);
  });

  it('is of new connections, too', async () => {
    const start = performance.now();
    const crowd = Array.from({ length: 200 }, () => from(address));
    const other = from('192.0.2.78');
    await other.connected();
    const connected = () => crowd.filter(({ socket }) => socket.connected).length;
    // Two of them are a unit of work.
    while (connected() < crowd.length) {
      expect(connected()).toBeLessThanOrEqual(2 * begun(performance.now() - start));
      await pause(5);
    }
    expect(performance.now() - start).toBeGreaterThan(250);
  });

  it('does no harm when it is reset while it waits', async () => {
    const crowd = Array.from({ length: 200 }, () => connect(Number(new URL(left.url).port), '127.0.0.1'));
    const upgrade = [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `x-forwarded-for: ${address}`,
      'host: localhost',
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    for (const one of crowd) one.on('error', () => {}).write(`${upgrade.join('\r\n')}\r\n\r\n`);
    await pause(100);
    // An error that nobody listens for is an uncaught exception, which ends the process, and fails this file.
    for (const one of crowd) one.resetAndDestroy();
    const other = from('192.0.2.79');
    await other.connected();
    await startChat(other);
  });
});

describe('[S3] [S6] packets that are no events', () => {
  const floods: [string, string][] = [
    ['joins of a namespace that does not exist', '40/nope,'],
    ['joins of the same namespace', '40'],
    ['joining and leaving', '41'],
    ['acknowledgements that nobody asked for', '430[]'],
    ['pongs', '3'],
    ['noops', '6'],
    ['upgrades', '5'],
    ['events', '42["typing",{}]'],
    ['nothing', ''],
  ];
  it.each(floods)('%s end their own connection, and nobody else notices', async (_, packet) => {
    const witness = await customer(left);
    const { socket, seen } = await joined();
    for (let n = 0; n < FLOOD && socket.readyState === WebSocket.OPEN; n++) {
      socket.send(packet);
      if (packet === '41') socket.send('40');
    }
    await until(() => seen.closed);
    expect(seen.packets).toBeLessThanOrEqual(PACKETS_BURST + 10);
    granted(await witness.ask('customer:send_message', { sessionId: witness.sessionId, content: 'Still here' }));
  });

  it('pings of the WebSocket count, before it joins and while it is not yet upgraded', async () => {
    const opened = await (await fetch(at('transport=polling'))).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    for (const query of ['transport=websocket', `transport=websocket&sid=${sid}`]) {
      const { socket, seen } = await joined(query, '');
      for (let n = 0; n < FLOOD && socket.readyState === WebSocket.OPEN; n++) socket.ping();
      await until(() => seen.closed);
      expect(seen.pongs, query).toBeLessThanOrEqual(PACKETS_BURST + 10);
    }
  });

  it('pieces of a message count', async () => {
    const { socket, seen } = await joined();
    for (let n = 0; n < 1_000 && socket.readyState === WebSocket.OPEN; n++) socket.send('', { fin: false });
    await until(() => seen.closed);
  });

  it('packets in the body of a request count', async () => {
    const opened = await (await fetch(at('transport=polling'))).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const post = (body: string) =>
      fetch(at(`transport=polling&sid=${sid}`), { method: 'POST', body }).then(
        ({ status }) => status,
        () => 0,
      );
    expect(await post('40')).toBe(200);
    await fetch(at(`transport=polling&sid=${sid}`));
    // Within the size that a body may have.
    await post(Array.from({ length: 10_000 }, () => '40/nope,').join('\u001e'));
    expect(await post('3')).not.toBe(200);
  });

  it('requests of a connection count', async () => {
    const opened = await (await fetch(at('transport=polling'))).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const statuses: number[] = [];
    const start = performance.now();
    for (let n = 0; n < 2_000 && statuses.at(-1) !== 400; n++) {
      const response = await fetch(at(`transport=polling&sid=${sid}`), { method: 'POST', body: '6' });
      await response.arrayBuffer();
      statuses.push(response.status);
    }
    expect(statuses.at(-1)).toBe(400);
    const refilled = (PACKETS_RATE * (performance.now() - start)) / 1_000;
    expect(statuses.length).toBeLessThanOrEqual(PACKETS_BURST + refilled);
  });

  it('leaving and joining again on a connection gives no new limits', async () => {
    const { socket } = await joined();
    const answers: string[] = [];
    socket.on('message', (data) => answers.push(String(data)));
    const refused = () => answers.filter((one) => one.includes('RATE_LIMITED')).length;
    for (let n = 0; n < 150; n++) socket.send('42["seen",{}]');
    await until(() => refused() > 30);
    socket.send('41');
    await pause(50);
    socket.send('40');
    await until(() => answers.some((one) => one.startsWith('40')));
    const before = refused();
    for (let n = 0; n < 20; n++) socket.send('42["seen",{}]');
    await until(() => answers.filter((one) => one.includes('"seen"')).length === 170);
    expect(refused() - before).toBeGreaterThanOrEqual(15);
  });

  it('bytes count', async () => {
    const { socket, seen } = await joined();
    const packet = `3${'x'.repeat(130_000)}`;
    for (let n = 0; n < 200 && socket.readyState === WebSocket.OPEN; n++) {
      socket.send(packet);
      await pause(1);
    }
    await until(() => seen.closed);
  });
});
