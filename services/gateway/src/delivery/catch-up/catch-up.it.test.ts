import { testSpace, until } from '@baton/testkit';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { granted, type TestClient } from '../../../test/gateways.ts';
import { startSystem } from '../../../test/system.ts';

const space = await testSpace();
const { services, left, right, client, customer } = await startSystem(space, { TRUSTED_PROXIES: '1' });

const ENTRIES = 2_500;
const entry = 'x'.repeat(16_000);

/** A chat of 40 MB, more than a machine keeps for a connection by itself. */
async function largeChat() {
  const ann = await customer(left);
  // Nobody follows it while it is written: a reader that falls behind is cut, and gets it by pages.
  ann.close();
  for (let n = 0; n < ENTRIES; n++) services.botSays(ann.sessionId, entry);
  return ann;
}
/** Whether a client reads what arrives for it. */
function reads(one: TestClient, does: boolean): void {
  const wire = z.object({ transport: z.object({ ws: z.looseObject({ _socket: z.instanceof(Object) }) }) });
  const socket = wire.parse(one.socket.io.engine).transport.ws._socket as { pause(): void; resume(): void };
  if (does) socket.resume();
  else socket.pause();
}
const pages = () => services.calls.filter(({ endpoint }) => endpoint === 'listEntries').length;
const cut = async () =>
  Number(/baton_slow_clients_cut_total\{[^}]*\} (\d+)/.exec(await (await fetch(`${right.url}/metrics`)).text())?.[1]);

it('[M4] [S6] catching up waits for the reader, loses nothing, and does not hold up who has missed little', async () => {
  const { sessionId, token } = await largeChat();
  const slow = client(right);
  await slow.connected();
  granted(await slow.ask('customer:resume_chat', { sessionId, token, lastSeq: ENTRIES }));
  reads(slow, false);
  const before = pages();
  slow.socket.emit('customer:resume_chat', { sessionId, token, lastSeq: 0 });
  // No more is fetched for it when it reads nothing.
  const standsStill = async () => {
    const seen = pages();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return pages() === seen && seen > before;
  };
  // What the machine itself keeps for a connection has to fill up first.
  await until(standsStill, { within: 60_000 });
  const fetched = pages() - before;
  expect(fetched).toBeLessThan(ENTRIES / 6 / 2);
  expect(await cut()).toBe(0);
  // Somebody else comes back, and is level at once.
  const ben = await customer(right);
  services.botSays(ben.sessionId, 'missed');
  const back = client(right);
  granted(await back.ask('customer:resume_chat', { sessionId: ben.sessionId, token: ben.token, lastSeq: 1 }));
  await until(() => back.seqs(ben.sessionId).length === 1, { within: 2_000 });
  // What is said meanwhile comes in its turn.
  services.botSays(sessionId, 'the newest');
  reads(slow, true);
  await until(() => slow.seqs(sessionId).length >= ENTRIES + 2, { within: 60_000 });
  expect(slow.seqs(sessionId)).toEqual(Array.from({ length: ENTRIES + 2 }, (_, n) => n + 1));
  expect(await cut()).toBe(0);
}, 120_000);

it('[M4] [S6] many readers of one address all get everything, and another address is not concerned', async () => {
  const { sessionId, token } = await largeChat();
  const from = (address: string) => client(right, { extraHeaders: { 'x-forwarded-for': address } });
  const readers = Array.from({ length: 8 }, () => from('192.0.2.1'));
  for (const one of readers) one.socket.emit('customer:resume_chat', { sessionId, token, lastSeq: ENTRIES - 600 });
  await until(() => readers.every((one) => one.seqs(sessionId).length > 10));
  const other = from('192.0.2.2');
  const begun = Date.now();
  granted(await other.ask('customer:resume_chat', { sessionId, token, lastSeq: ENTRIES - 100 }));
  await until(() => other.seqs(sessionId).length === 101, { within: 5_000 });
  const took = Date.now() - begun;
  expect(readers.some((one) => one.seqs(sessionId).length < 601)).toBe(true);
  await until(() => readers.every((one) => one.seqs(sessionId).length === 601), { within: 60_000 });
  for (const one of readers)
    expect(one.seqs(sessionId)).toEqual(Array.from({ length: 601 }, (_, n) => ENTRIES - 600 + n + 1));
  expect(took).toBeLessThan(5_000);
}, 120_000);
