import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterAll, expect, it } from 'vitest';
import { connectRaw, event, frame } from './raw-socket.ts';

const http = createServer();
const io = new Server(http);
const received: unknown[] = [];
io.on('connection', (socket) => {
  socket.onAny((...args) => received.push(args));
  socket.on('ask', (payload, answer) => answer(payload));
});
await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
afterAll(() => io.close());

it('speaks with a server of Socket.IO, in texts of every length', async () => {
  const socket = await connectRaw(url, '192.0.2.1');
  const texts: string[] = [];
  socket.onText = (text) => texts.push(text);
  const payloads = ['a', 'b'.repeat(200), 'c'.repeat(70_000)];
  socket.send(event('one', { text: 'ü' }));
  for (const [id, payload] of payloads.slice(0, 2).entries()) socket.send(event('ask', payload, id));
  await expect.poll(() => texts.length).toBe(2);
  expect(texts).toEqual(payloads.slice(0, 2).map((payload, id) => `43${id}["${payload}"]`));
  expect(received[0]).toEqual(['one', { text: 'ü' }]);
  // What a server sends may be longer than what this client sends.
  io.emit('long', payloads[2]);
  await expect.poll(() => texts.length).toBe(3);
  expect(texts[2]).toBe(`42["long","${payloads[2]}"]`);
  socket.wire.destroy();
});

it('comes from the address that it is told, and says when it is not let in', async () => {
  const from: unknown[] = [];
  http.on('upgrade', ({ headers }) => from.push(headers['x-forwarded-for']));
  const socket = await connectRaw(url, '192.0.2.9');
  expect(from).toEqual(['192.0.2.9']);
  socket.wire.destroy();
  await expect(connectRaw('http://127.0.0.1:9', '192.0.2.1')).rejects.toThrow();
});

it('frames what it sends with a mask, as a client must', () => {
  expect([...frame('40')]).toEqual([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]);
  expect(frame('x'.repeat(300)).length).toBe(308);
});
