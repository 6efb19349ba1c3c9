import { randomUUID } from 'node:crypto';
import type { ParsedRequestOf, SessionApi } from '@baton/contracts';
import { type Bus, createLog, currentTrace, inTrace, type Log } from '@baton/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPublications } from '../publications.ts';
import type { Written } from './append-request.ts';
import { SLOW_BATCH_MS } from './appender.ts';
import { logEndpoints } from './endpoints.ts';

type Request = ParsedRequestOf<SessionApi['endpoints']['append']>;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const silent = createLog({ service: 'session', instance: 'test', level: 'silent' });

const stored = (id: string): Written => ({
  outcome: 'stored',
  id,
  seq: 2,
  at: new Date(0),
  senderName: null,
  inReplyTo: null,
  metadata: {},
  status: 'bot',
  epoch: 1,
  source: null,
  answers: true,
  logBytes: 5,
});

/** The endpoints before a log that takes as long for each session as `msOf` says, or fails as `fail` does. */
function endpoints(msOf: Record<string, number>, parts: { bus?: Pick<Bus, 'publish'>; fail?: Error; log?: Log } = {}) {
  const { bus = { publish: () => {} }, log = silent, fail } = parts;
  return logEndpoints({
    stores: {} as never,
    appender: {
      async append(items) {
        await new Promise((resolve) => setTimeout(resolve, msOf[items[0]?.sessionId ?? '']));
        if (fail !== undefined) throw fail;
        return items.map(({ id }) => stored(id));
      },
      settled: async () => {},
    },
    publications: createPublications({ bus, log }),
    sizeLimit: { grown: () => {} },
    log,
  });
}
const append = (sessionId: string, more: Partial<Request['messages'][number]> = {}): Request => ({
  sessionId,
  author: { type: 'customer' },
  messages: [{ content: 'hello', ...more }],
});

/** What becomes of the appends of one request, and after how long. */
async function outcome(log: ReturnType<typeof endpoints>, ...appends: Request[]) {
  const begun = Date.now();
  const replying = log.appendMany({ appends }).then((reply) => ({ reply, ms: Date.now() - begun }));
  await vi.runAllTimersAsync();
  const { reply, ms } = await replying;
  return { codes: reply.ok ? reply.value.replies.map((one) => (one.ok ? 'ok' : one.code)) : reply.code, ms };
}

it('an append that is queued behind a batch, and written with the next, is not reported as unknown', async () => {
  const [first, queued] = [randomUUID(), randomUUID()];
  const log = endpoints({ [first]: 5, [queued]: 2 * SLOW_BATCH_MS });
  expect(await outcome(log, append(first), append(queued))).toEqual({ codes: ['ok', 'ok'], ms: 2 * SLOW_BATCH_MS });
});

it('one that takes longer holds back no other for long, and its outcome is unknown', async () => {
  const [first, locked] = [randomUUID(), randomUUID()];
  const log = endpoints({ [first]: 5, [locked]: 4_000 });
  const ms = 5 + 2 * SLOW_BATCH_MS;
  expect(await outcome(log, append(first), append(locked))).toEqual({ codes: ['ok', 'TIMEOUT'], ms });
});

it('a refusal that needs no log makes no other wait less', async () => {
  const [first, second] = [randomUUID(), randomUUID()];
  const log = endpoints({ [first]: 600, [second]: 650 });
  const refused = append(randomUUID(), { inReplyTo: 1 });
  expect(await outcome(log, refused, append(first), append(second))).toEqual({
    codes: ['VALIDATION_FAILED', 'ok', 'ok'],
    ms: 650,
  });
  expect(await outcome(log, refused)).toEqual({ codes: ['VALIDATION_FAILED'], ms: 0 });
});

describe('[O4] each append of a request has its own trace', () => {
  const [lead, other] = ['a', 'b'].map((digit) => digit.repeat(32));
  const header = (trace = '') => `00-${trace}-${'1'.repeat(16)}-01`;
  const [one, two] = [append(randomUUID()), append(randomUUID(), { traceparent: header(other) })];
  // A further message without a name is of its append's trace.
  two.messages.push({ content: 'and this' });

  it('in what is published of it, which is one notification', async () => {
    const published: unknown[] = [];
    const bus: Pick<Bus, 'publish'> = {
      publish: ({ subject }, params) =>
        published.push([subject.split('.').at(-1), { ...params }, currentTrace()?.traceId]),
    };
    await inTrace(header(lead), () => outcome(endpoints({}, { bus }), one, two));
    expect(published).toEqual([
      ['entry', { session: one.sessionId }, lead],
      ['asked', { session: one.sessionId }, lead],
      ['entry', { session: two.sessionId }, other],
      ['asked', { session: two.sessionId }, other],
    ]);
  });

  it('and in what is logged of it', async () => {
    const logged: unknown[] = [];
    const error = ({ sessionId }: { sessionId?: string }) => logged.push([sessionId, currentTrace()?.traceId]);
    const failing = endpoints({}, { fail: new Error('no'), log: { ...silent, error } as never });
    await inTrace(header(lead), () => outcome(failing, two, one));
    expect(logged[0]).toEqual([two.sessionId, other]);
  });
});
