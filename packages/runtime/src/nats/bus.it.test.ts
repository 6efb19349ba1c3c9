import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { channels, type Typing } from '@baton/contracts';
import { testSpace } from '@baton/testkit';
import { connect, headers, type NatsConnection } from 'nats';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bus, createBus, createMetrics, currentTrace, inTrace } from '../index.ts';

const space = await testSpace();
const root = space.subjectRoot;
const SECRET = 'my number is 0451';

/** Two processes: one publishes, the other listens, and its log and counts are looked at. */
let connections: NatsConnection[] = [];
let sender: Bus;
let bus: Bus;
let raw: NatsConnection;
let written = '';
let metrics = createMetrics('test');
beforeAll(async () => {
  raw = await connect(space.nats);
  await createBus({ nats: raw, root, log: pino({ level: 'silent' }) }).ensureEvents();
});
afterAll(() => raw.close());
beforeEach(async () => {
  connections = [await connect(space.nats), await connect(space.nats)];
  const [here, there] = connections as [NatsConnection, NatsConnection];
  const lines = new PassThrough();
  written = '';
  lines.on('data', (chunk: Buffer) => {
    written += chunk.toString();
  });
  metrics = createMetrics('test');
  bus = createBus({ nats: here, root, log: pino({ level: 'debug' }, lines), metrics });
  sender = createBus({ nats: there, root, log: pino({ level: 'silent' }) });
});
afterEach(async () => {
  await Promise.all(connections.map((one) => one.close()));
});

const typing = (sessionId: string): Typing => ({ sessionId, sender: 'user', active: true });
const skippedOf = async (channel: string) => {
  const { values } = (await metrics.registry.getSingleMetric('baton_messages_skipped_total')?.get()) ?? { values: [] };
  return values.find(({ labels }) => labels.channel === channel)?.value;
};

describe('subscribe', () => {
  it('hands a message over, with the parameters of its subject', async () => {
    const session = randomUUID();
    const heard: unknown[] = [];
    await bus.subscribe(channels.live.typing, {}, (payload, params) => heard.push([payload, params])).ready();
    sender.publish(channels.live.typing, { session }, typing(session));
    await expect.poll(() => heard).toEqual([[typing(session), { session }]]);
  });

  it('[S5] skips what does not fit, logs it without its content, and counts it', async () => {
    const session = randomUUID();
    const heard: unknown[] = [];
    await bus.subscribe(channels.live.entry, { session }, (payload) => heard.push(payload.sessionId)).ready();
    const subject = `${root}.live.${session}.entry`;
    raw.publish(subject, JSON.stringify({ sessionId: session, entries: [{ content: SECRET }] }));
    raw.publish(subject, `{"sessionId": ${SECRET}`);
    raw.publish(subject, JSON.stringify({ sessionId: session, entries: [{ kind: 'message' }] }));
    await expect.poll(() => heard).toEqual([session]);
    expect(await skippedOf('live.<session>.entry')).toBe(2);
    expect(written).toContain('a message does not fit its channel; it is skipped');
    expect(written).toContain(`"sessionId":"${session}"`);
    expect(written).not.toContain('0451');
  });

  it('[S5] goes on after a handler that throws or rejects, and logs where without what', async () => {
    const session = randomUUID();
    let calls = 0;
    const handle = () => {
      calls++;
      if (calls === 1) throw new Error(SECRET);
      return Promise.reject(new TypeError(SECRET));
    };
    await bus.subscribe(channels.live.typing, { session }, handle).ready();
    for (let n = 0; n < 3; n++) sender.publish(channels.live.typing, { session }, typing(session));
    await expect.poll(() => calls).toBe(3);
    await expect.poll(() => written).toContain('"problem":"Error"');
    expect(written).toContain('bus.it.test.ts');
    expect(written).not.toContain('0451');
  });

  it('[O4] goes on in the trace of the publisher', async () => {
    const session = randomUUID();
    let heard: string | undefined;
    const handle = () => {
      heard = currentTrace()?.traceId;
    };
    await bus.subscribe(channels.live.typing, { session }, handle).ready();
    let sent: string | undefined;
    inTrace(undefined, () => {
      sent = currentTrace()?.traceId;
      sender.publish(channels.live.typing, { session }, typing(session));
    });
    await expect.poll(() => heard).toBeDefined();
    expect(heard).toBe(sent);
  });

  it('hears nothing more once it has left', async () => {
    const session = randomUUID();
    const heard: unknown[] = [];
    const subscription = bus.subscribe(channels.live.typing, { session }, (payload) => heard.push(payload));
    await subscription.ready();
    sender.publish(channels.live.typing, { session }, typing(session));
    await expect.poll(() => heard.length).toBe(1);
    await subscription.leave();
    sender.publish(channels.live.typing, { session }, typing(session));
    await sender.flush();
    await bus.flush();
    expect(heard.length).toBe(1);
  });

  it('in a group shares the messages, and one that leaves first handles what it was given', async () => {
    const heard: number[] = [];
    const hear = (of: Bus) => of.subscribe(channels.queue.changed, {}, () => heard.push(1), { group: 'pair' });
    const [one, two] = [hear(bus), hear(sender)];
    await Promise.all([one.ready(), two.ready()]);
    const publisher = createBus({ nats: raw, root, log: pino({ level: 'silent' }) });
    for (let n = 0; n < 200; n++) publisher.publish(channels.queue.changed, {}, { at: new Date().toISOString() });
    await publisher.flush();
    await one.leave();
    await expect.poll(() => heard.length).toBe(200);
  });
});

describe('subscribeAll', () => {
  it('keeps the order of the messages of all its channels', async () => {
    const session = randomUUID();
    const heard: string[] = [];
    const subscription = bus.subscribeAll(
      channels.live,
      { session },
      { typing: () => heard.push('typing'), seen: () => heard.push('seen') },
    );
    await subscription.ready();
    for (let n = 0; n < 3; n++) {
      sender.publish(channels.live.typing, { session }, typing(session));
      // Nobody handles it.
      sender.publish(channels.live.presence, { session }, { sessionId: session, present: true });
      sender.publish(channels.live.seen, { session }, { sessionId: session, sender: 'user', seq: 1 });
    }
    await expect.poll(() => heard.length).toBe(6);
    expect(heard).toEqual(['typing', 'seen', 'typing', 'seen', 'typing', 'seen']);
  });

  it('takes neighbours only', () => {
    expect(() => bus.subscribeAll({ ...channels.live, ...channels.queue }, {}, {})).toThrow(RangeError);
  });
});

describe('ask', () => {
  const ask = (session: string) => sender.ask(channels.live.attendance, { session }, {}, { timeoutMs: 200 });

  it('is told whether somebody has it, nobody subscribes, or nothing', async () => {
    const [here, silent] = [randomUUID(), randomUUID()];
    await bus.subscribeAll(channels.live, { session: here }, { attendance: () => true }).ready();
    await bus.subscribeAll(channels.live, { session: silent }, { attendance: () => false }).ready();
    expect(await ask(here)).toBe('answered');
    expect(await ask(silent)).toBe('no answer');
    expect(await ask(randomUUID())).toBe('nobody subscribes');
  });
});

describe('publish', () => {
  it('never throws: what cannot be sent is logged without its content', async () => {
    const session = randomUUID();
    await connections[0]?.close();
    bus.publish(channels.live.typing, { session }, { ...typing(session), name: SECRET });
    await expect.poll(() => written).toContain('a message could not be published');
    expect(written).not.toContain('0451');
  });
});

describe('consume', () => {
  it('[S5] skips an event that does not fit, counts it, and does not get it again', async () => {
    const handled: number[] = [];
    const session = randomUUID();
    const durable = 'skips';
    const consumer = bus.consume(channels.event.control, {
      durable,
      handle: async ({ seq }) => void handled.push(seq),
    });
    const manager = await raw.jetstreamManager();
    await expect.poll(() => manager.consumers.info(root.toUpperCase(), durable).catch(() => undefined)).toBeTruthy();
    const header = headers();
    header.set('Nats-Msg-Id', 'bad');
    raw.publish(`${root}.event.${session}.control`, JSON.stringify({ sessionId: session, seq: SECRET }), {
      headers: header,
    });
    const at = new Date().toISOString();
    const event = { sessionId: session, seq: 2, epoch: 1, from: null, to: 'bot', cause: 'started', at } as const;
    sender.publish(channels.event.control, { session }, event);
    await expect.poll(() => handled).toEqual([2]);
    expect(await skippedOf('event.<session>.control')).toBe(1);
    await expect.poll(async () => (await manager.consumers.info(root.toUpperCase(), durable)).num_ack_pending).toBe(0);
    expect(written).not.toContain('0451');
    await consumer.leave();
  });

  it('leaves once what was begun is done', async () => {
    const done: string[] = [];
    const session = randomUUID();
    let begun = false;
    const durable = 'leaves';
    const consumer = bus.consume(channels.event.control, {
      durable,
      handle: async () => {
        begun = true;
        await new Promise((resolve) => setTimeout(resolve, 200));
        done.push('handled');
      },
    });
    const manager = await raw.jetstreamManager();
    await expect.poll(() => manager.consumers.info(root.toUpperCase(), durable).catch(() => undefined)).toBeTruthy();
    const at = new Date().toISOString();
    const event = { sessionId: session, seq: 1, epoch: 1, from: null, to: 'bot', cause: 'started', at } as const;
    sender.publish(channels.event.control, { session }, event);
    await expect.poll(() => begun).toBe(true);
    await consumer.leave();
    expect(done).toEqual(['handled']);
  });
});
