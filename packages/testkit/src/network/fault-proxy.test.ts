import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

let proxy: FaultProxy;
let close: () => void;
let heard = '';
const sockets: Socket[] = [];

beforeEach(async () => {
  heard = '';
  const echo = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      socket.write(chunk);
    });
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const address = echo.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  proxy = await startFaultProxy(() => port);
  close = () => echo.close();
});
afterEach(async () => {
  await proxy.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  close();
});

function client() {
  const socket = connect(proxy.port, '127.0.0.1');
  sockets.push(socket);
  const state = { got: '', ended: false, socket, write: (text: string) => void socket.write(text) };
  socket.on('data', (chunk) => {
    state.got += chunk.toString();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    state.ended = true;
  });
  return state;
}

it('passes what is said both ways', async () => {
  const one = client();
  one.write('hello');
  await expect.poll(() => one.got).toBe('hello');
});

it('lets one direction vanish while the connection stays, and resets it when healed', async () => {
  const one = client();
  one.write('a');
  await expect.poll(() => one.got).toBe('a');
  proxy.trouble({ blackhole: ['down'] });
  one.write('b');
  await expect.poll(() => heard).toBe('ab');
  expect(one.ended).toBe(false);
  proxy.heal();
  await expect.poll(() => one.ended).toBe(true);
  expect(one.got).toBe('a');
});

it('delays without changing the order', async () => {
  proxy.trouble({ delayMs: 60 });
  const one = client();
  const begun = performance.now();
  one.write('1');
  await sleep(10);
  one.write('2');
  await expect.poll(() => one.got).toBe('12');
  expect(performance.now() - begun).toBeGreaterThan(115);
});

it('keeps the order of what is under way when the delay ends', async () => {
  const one = client();
  one.write('0');
  await expect.poll(() => one.got).toBe('0');
  proxy.trouble({ delayMs: 80 });
  one.write('1');
  await sleep(20);
  proxy.heal();
  one.write('2');
  await expect.poll(() => one.got).toBe('012');
});

it('cuts what is open and refuses what is new, until it is healed', async () => {
  const one = client();
  one.write('a');
  await expect.poll(() => one.got).toBe('a');
  proxy.trouble({ cut: true });
  await expect.poll(() => one.ended).toBe(true);
  const two = client();
  await expect.poll(() => two.ended).toBe(true);
  proxy.heal();
  const three = client();
  three.write('c');
  await expect.poll(() => three.got).toBe('c');
});

it('holds back everything while it is frozen, and passes it on when it is healed', async () => {
  const one = client();
  one.write('a');
  await expect.poll(() => one.got).toBe('a');
  proxy.trouble({ frozen: true });
  one.write('b');
  const two = client();
  two.write('c');
  await sleep(50);
  expect([heard, one.ended, two.ended]).toEqual(['a', false, false]);
  proxy.heal();
  await expect.poll(() => one.got).toBe('ab');
  await expect.poll(() => two.got).toBe('c');
});

it('resets the connection in place of the answer that was chosen: the request arrives, its answer does not', async () => {
  const { lost } = proxy.loseAnswer({ request: 'commit', answer: 'commit' });
  const one = client();
  one.write('other');
  await expect.poll(() => one.got).toBe('other');
  one.write('commit');
  await lost;
  await expect.poll(() => one.ended).toBe(true);
  expect(heard).toBe('othercommit');
  expect(one.got).toBe('other');
});

it('stands in for a server by its URL', async () => {
  const other = await startFaultProxy(`nats://name:word@127.0.0.1:${proxy.port}`);
  expect(other.url).toBe(`nats://name:word@127.0.0.1:${other.port}`);
  await other.close();
});
