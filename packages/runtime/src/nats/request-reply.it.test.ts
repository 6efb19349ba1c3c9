import { accept, endpoint, refuse, type ServiceApi, subjects } from '@baton/contracts';
import { testSpace } from '@baton/testkit';
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createLog, createMetrics, currentTrace, inTrace, OutcomeUnknown, Unavailable } from '../index.ts';
import { createCaller } from './caller.ts';
import { serve } from './serve.ts';

const api = {
  name: 'sample',
  description: 'A service for this test.',
  endpoints: {
    add: endpoint({
      summary: 'Adds.',
      request: z.object({ left: z.int(), right: z.int().default(1) }),
      value: z.object({ sum: z.int() }),
      refusals: ['NOT_FOUND'],
    }),
    slow: endpoint({
      summary: 'Takes its time.',
      request: z.object({ ms: z.int() }),
      value: z.object({ trace: z.string() }),
    }),
    broken: endpoint({
      summary: 'Fails.',
      request: z.object({ how: z.enum(['sync', 'async', 'gone', 'cut off']) }),
      value: z.object({}),
    }),
  },
} as const satisfies ServiceApi;

const space = await testSpace();
const all = subjects(space.subjectRoot);
const log = createLog({ service: 'sample', instance: 'test', level: 'silent' });
let nats: NatsConnection;

const serveSample = (connection: NatsConnection) =>
  serve({
    nats: connection,
    api,
    subjects: all,
    version: '0.1.0',
    log,
    metrics: createMetrics('sample'),
    handlers: {
      add: async ({ left, right }) =>
        left === 404 ? refuse('NOT_FOUND', 'There is no 404.') : accept({ sum: left + right }),
      slow: async ({ ms }) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return accept({ trace: currentTrace()?.traceId ?? '' });
      },
      broken: ({ how }) => {
        if (how === 'sync') throw new Error('with a secret in it');
        if (how === 'gone') return Promise.reject(new Unavailable('no database'));
        if (how === 'cut off') return Promise.reject(new OutcomeUnknown('the connection broke'));
        return Promise.reject(new Error('with a secret in it'));
      },
    },
  });

beforeAll(async () => {
  nats = await connect(space.nats);
});
afterAll(() => nats.close());

const raw = async (subject: string, body: string) => {
  const reply = await nats.request(subject, body, { timeout: 2_000 });
  return reply.json<Record<string, unknown>>();
};

it('answers with one shape: a value, a refusal, or what is wrong with the input [S2]', async () => {
  const served = await serveSample(nats);
  const subject = `${space.subjectRoot}.sample.add`;
  expect(await raw(subject, '{"left":1}')).toEqual({ ok: true, value: { sum: 2 } });
  expect(await raw(subject, '{"left":404}')).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  expect(await raw(subject, '{"left":"x"}')).toMatchObject({ ok: false, code: 'VALIDATION_FAILED', field: 'left' });
  expect(await raw(subject, '{')).toMatchObject({ ok: false, code: 'VALIDATION_FAILED' });
  expect(await raw(subject, '')).toMatchObject({ ok: false, code: 'VALIDATION_FAILED', field: 'left' });
  await served.stop();
});

it('a handler that throws, at once or later, is answered and told nobody outside', async () => {
  const served = await serveSample(nats);
  const sample = createCaller(nats, api, all);
  for (const how of ['sync', 'async'] as const) {
    const reply = await sample.broken({ how });
    expect(reply).toMatchObject({ ok: false, code: 'INTERNAL' });
    expect(JSON.stringify(reply)).not.toContain('secret');
  }
  expect(await sample.broken({ how: 'gone' })).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
  expect(await sample.broken({ how: 'cut off' })).toMatchObject({ ok: false, code: 'TIMEOUT' });
  await served.stop();
});

it('tells "nobody took it" from "outcome unknown"', async () => {
  const sample = createCaller(nats, api, all);
  expect(await sample.add({ left: 1 }, { timeoutMs: 300 })).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
  const served = await serveSample(nats);
  expect(await sample.slow({ ms: 500 }, { timeoutMs: 100 })).toMatchObject({ ok: false, code: 'TIMEOUT' });
  await served.stop();
});

it('[O1] tells a caller who asks for it that nobody serves an endpoint, instead of waiting for somebody', async () => {
  const sample = createCaller(nats, api, all);
  const unserved: string[] = [];
  const onUnserved = () => unserved.push('add');
  const reply = sample.add({ left: 1 }, { onUnserved, atOnce: true });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const served = await serveSample(nats);
  expect(await reply).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
  expect(await sample.add({ left: 1 }, { onUnserved, atOnce: true })).toEqual({ ok: true, value: { sum: 2 } });
  expect(unserved).toEqual(['add']);
  await served.stop();
});

it('[O1] waits out a restart: a request made while nobody serves is answered when somebody does', async () => {
  const sample = createCaller(nats, api, all);
  const reply = sample.add({ left: 1 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const served = await serveSample(nats);
  expect(await reply).toEqual({ ok: true, value: { sum: 2 } });
  await served.stop();
});

it('[O1] a stop answers what is in flight, and takes nothing more', async () => {
  const own = await connect(space.nats);
  const served = await serveSample(own);
  const sample = createCaller(nats, api, all);
  const inFlight = Promise.all(Array.from({ length: 20 }, () => sample.slow({ ms: 300 })));
  await expect.poll(() => served.inFlight).toBe(20);
  await served.stop();
  await own.drain();
  expect((await inFlight).every((reply) => reply.ok)).toBe(true);
  expect(await sample.add({ left: 1 }, { timeoutMs: 200 })).toMatchObject({ code: 'UNAVAILABLE' });
});

it('carries the trace of the caller', async () => {
  const served = await serveSample(nats);
  const sample = createCaller(nats, api, all);
  await inTrace(undefined, async () => {
    const here = currentTrace()?.traceId;
    expect(await sample.slow({ ms: 0 })).toEqual({ ok: true, value: { trace: here } });
  });
  await served.stop();
});

it('[O3] the micro framework shows schemas, and counts and times that are true', async () => {
  const served = await serveSample(nats);
  const sample = createCaller(nats, api, all);
  await Promise.all([sample.slow({ ms: 120 }), sample.slow({ ms: 120 }), sample.add({ left: 404 })]);

  const client = nats.services.client();
  const mine = async <T extends { metadata?: Record<string, string> }>(found: AsyncIterable<T>) => {
    for await (const one of found) if (one.metadata?.root === space.subjectRoot) return one;
    throw new Error('the service does not show itself');
  };
  const info = await mine(await client.info('sample'));
  expect(info.endpoints.map((one) => one.subject)).toEqual(
    Object.keys(api.endpoints).map((key) => `${space.subjectRoot}.sample.${key}`),
  );
  expect(JSON.parse(info.endpoints[0]?.metadata?.request ?? '')).toMatchObject({ type: 'object', required: ['left'] });

  const stats = await mine(await client.stats('sample'));
  const slow = stats.endpoints?.find((one) => one.name === 'slow');
  expect(slow).toMatchObject({ num_requests: 2, num_errors: 0 });
  expect(slow?.average_processing_time).toBeGreaterThan(115e6);
  expect(stats.endpoints?.find((one) => one.name === 'add')).toMatchObject({
    num_requests: 1,
    num_errors: 1,
    last_error: 'NOT_FOUND: There is no 404.',
  });
  await served.stop();
});

it('shares requests among instances and loses none when one goes', async () => {
  const [one, two] = [await connect(space.nats), await connect(space.nats)];
  const first = await serveSample(one);
  const second = await serveSample(two);
  const sample = createCaller(nats, api, all);
  const replies = Promise.all(
    Array.from({ length: 200 }, async (_, left) => {
      await new Promise((resolve) => setTimeout(resolve, left));
      return sample.slow({ ms: 20 });
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 80));
  await first.stop();
  await one.drain();
  expect((await replies).filter((reply) => !reply.ok)).toEqual([]);
  await second.stop();
  await two.drain();
});
