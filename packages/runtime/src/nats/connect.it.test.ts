import { createServer, connect as dial, type Socket } from 'node:net';
import { testSpace } from '@baton/testkit';
import { afterAll, expect, it } from 'vitest';
import { createLog } from '../index.ts';
import { closeNats, connectNats } from './connect.ts';

const space = await testSpace();
const log = createLog({ service: 'test', instance: 'test', level: 'silent' });
const sockets = new Set<Socket>();
/** The way to the server, which the test can block. */
const way = createServer((here) => {
  const { hostname, port } = new URL(space.natsUrl);
  const there = dial(Number(port), hostname);
  for (const socket of [here, there]) {
    sockets.add(socket);
    socket.on('error', () => {});
  }
  here.pipe(there).pipe(here);
});
await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
afterAll(() => {
  way.close();
  for (const socket of sockets) socket.destroy();
});

it('[O1] a stop does not wait for a NATS that answers no longer', async () => {
  const address = way.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  const url = new URL(space.natsUrl);
  url.host = `127.0.0.1:${address.port}`;
  const nats = await connectNats({ url: url.toString(), name: 'test', log });
  nats.subscribe('heard', { callback: () => {} });
  await nats.flush();
  for (const socket of sockets) socket.unpipe().pause();
  nats.publish('said', 'into the silence');
  const begun = performance.now();
  await closeNats(nats);
  expect(performance.now() - begun).toBeLessThan(6_000);
  expect(nats.isClosed()).toBe(true);
});
