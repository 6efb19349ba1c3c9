import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createLoopTurns } from '../access/limits/loop-turns.ts';
import { meteredWebSockets } from './websocket-meter.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server of such WebSockets, whose clients are told apart by their path, and what it was told, in order. */
async function serve(packets = Number.POSITIVE_INFINITY) {
  const seen: string[] = [];
  const over: string[] = [];
  /** What could not be answered. */
  const unheard: string[] = [];
  const left = new Map<string, number>();
  const newLine = createLoopTurns(8);
  const turns = new Map<string, ReturnType<typeof newLine>>();
  const turnOf = (url: string) => turns.get(url) ?? turns.set(url, newLine()).get(url);
  const Server = meteredWebSockets({
    limitsOf: ({ url = '' }) => ({
      turn: () => turnOf(url)?.(),
      packet: () => {
        left.set(url, (left.get(url) ?? packets) - 1);
        return (left.get(url) ?? 0) >= 0;
      },
    }),
    onOver: ({ url = '' }) => over.push(url),
  });
  const server = new Server({ noServer: true });
  const http = createServer();
  http.on('upgrade', (request, wire, head) =>
    server.handleUpgrade(request, wire, head, (webSocket) => {
      const { url = '' } = request;
      webSocket.on('message', (data) => {
        seen.push(`${url} ${data}`);
        webSocket.send('heard', (error) => error && unheard.push(`${url} ${data}`));
      });
      webSocket.on('close', () => seen.push(`${url} closed`));
    }),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  ends.push(() => http.close());
  return {
    seen,
    over,
    unheard,
    async connect(path: string) {
      const client = new WebSocket(`ws://127.0.0.1:${port}${path}`);
      ends.push(() => client.terminate());
      client.on('error', () => {});
      await new Promise((resolve) => client.once('open', resolve));
      return client;
    },
  };
}

it('[S6] what arrives in one read is handled some at a time, with a turn for others between', async () => {
  const { seen, connect } = await serve();
  const [flood, other] = [await connect('/flood'), await connect('/other')];
  for (let n = 0; n < 1_000; n++) flood.send(`${n}`);
  other.send('a word');
  await expect.poll(() => seen.length, { timeout: 2_000 }).toBe(1_001);
  expect(seen.indexOf('/other a word')).toBeLessThan(100);
  expect(seen.filter((one) => one.startsWith('/flood'))).toEqual(
    Array.from({ length: 1_000 }, (_, n) => `/flood ${n}`),
  );
});

it('[S6] several connections of one address have one turn together', async () => {
  const { seen, connect } = await serve();
  const floods = await Promise.all(Array.from({ length: 10 }, () => connect('/flood')));
  const other = await connect('/other');
  for (const flood of floods) for (let n = 0; n < 100; n++) flood.send(`${n}`);
  other.send('a word');
  await expect.poll(() => seen.length, { timeout: 2_000 }).toBe(1_001);
  expect(seen.indexOf('/other a word')).toBeLessThan(100);
});

it('[M3] loses nothing of who closes behind it, answers all of it, and tells of the end last', async () => {
  const { seen, unheard, connect } = await serve();
  const client = await connect('/one');
  for (let n = 0; n < 300; n++) client.send(`${n}`);
  client.close();
  await expect.poll(() => seen.at(-1), { timeout: 2_000 }).toBe('/one closed');
  expect(seen).toEqual([...Array.from({ length: 300 }, (_, n) => `/one ${n}`), '/one closed']);
  expect(unheard).toEqual([]);
});

it('[S3] ends what is over its limit, tells once, and hands on nothing more of it', async () => {
  const { seen, over, connect } = await serve(50);
  const client = await connect('/flood');
  for (let n = 0; n < 1_000; n++) client.send(`${n}`);
  await expect.poll(() => client.readyState, { timeout: 2_000 }).toBe(WebSocket.CLOSED);
  await expect.poll(() => seen.at(-1), { timeout: 2_000 }).toBe('/flood closed');
  expect(over).toEqual(['/flood']);
  expect(seen.length).toBeLessThanOrEqual(51);
  expect(seen.at(-1)).toBe('/flood closed');
});

it('[S3] counts pings, which nothing above WebSockets sees', async () => {
  const { over, connect } = await serve(50);
  const client = await connect('/flood');
  let pongs = 0;
  client.on('pong', () => pongs++);
  for (let n = 0; n < 1_000; n++) client.ping();
  await expect.poll(() => client.readyState, { timeout: 2_000 }).toBe(WebSocket.CLOSED);
  expect(over).toEqual(['/flood']);
  expect(pongs).toBeLessThanOrEqual(51);
});
