import { randomUUID } from 'node:crypto';
import { type ControlEvent, channels } from '@baton/contracts';
import { testSpace } from '@baton/testkit';
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bus, createBus, createLog } from '../index.ts';

const space = await testSpace();
const stream = space.subjectRoot.toUpperCase();
const log = createLog({ service: 'test', instance: 'test', level: 'silent' });
let nats: NatsConnection;
let bus: Bus;
beforeAll(async () => {
  nats = await connect(space.nats);
  bus = createBus({ nats, root: space.subjectRoot, log });
  await bus.ensureEvents();
});
afterAll(() => nats.close());

const control = (sessionId: string, seq = 1): ControlEvent => ({
  sessionId,
  seq,
  epoch: 1,
  from: null,
  to: 'bot',
  cause: 'started',
  at: new Date().toISOString(),
});

const publish = (session: string, seq?: number) =>
  bus.publish(channels.event.control, { session }, control(session, seq));

/** Consumes into a list; ready once the durable consumer exists, as it only gets what comes after. */
async function collect(durable: string, handle: (event: ControlEvent) => Promise<void> = async () => {}) {
  const seen: string[] = [];
  const consumer = bus.consume(channels.event.control, {
    durable,
    handle: async (event) => {
      seen.push(event.sessionId);
      await handle(event);
    },
  });
  const manager = await nats.jetstreamManager();
  await expect.poll(() => manager.consumers.info(stream, durable).catch(() => undefined)).toBeTruthy();
  return { seen, stop: () => consumer.leave(), manager };
}

it('delivers each event once to each purpose, and drops doubled events', async () => {
  const [one, two] = [await collect('one'), await collect('two')];
  const id = randomUUID();
  publish(id);
  publish(id);
  const last = randomUUID();
  publish(last);
  await expect.poll(() => one.seen).toEqual([id, last]);
  await expect.poll(() => two.seen).toEqual([id, last]);
  await Promise.all([one.stop(), two.stop()]);
});

it('delivers again what a handler failed on', async () => {
  let failures = 1;
  const consumer = await collect('failing', async () => {
    if (failures-- > 0) throw new Error('not yet');
  });
  const id = randomUUID();
  publish(id);
  await expect.poll(() => consumer.seen, { timeout: 5_000 }).toEqual([id, id]);
  await consumer.stop();
});

it('[O2] comes back after the stream was wiped', async () => {
  const consumer = await collect('wiped');
  await consumer.manager.streams.delete(stream);
  const id = randomUUID();
  await expect
    .poll(
      () => {
        publish(id, Math.ceil(Math.random() * 1e9));
        return consumer.seen;
      },
      { timeout: 14_000, interval: 500 },
    )
    .toContain(id);
  await consumer.stop();
});
