import { randomUUID } from 'node:crypto';
import type { ParsedRequestOf, SessionApi } from '@baton/contracts';
import { createLog } from '@baton/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Written } from './append-request.ts';
import { SLOW_BATCH_MS } from './appender.ts';
import { logEndpoints } from './endpoints.ts';

type Request = ParsedRequestOf<SessionApi['endpoints']['append']>;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

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
});

/** The endpoints before a log that takes as long for each session as `msOf` says. */
function endpoints(msOf: Record<string, number>) {
  return logEndpoints({
    stores: {} as never,
    appender: {
      async append(items) {
        await new Promise((resolve) => setTimeout(resolve, msOf[items[0]?.sessionId ?? '']));
        return items.map(({ id }) => stored(id));
      },
      settled: async () => {},
    },
    publications: { messagesStored: () => {} } as never,
    sizeLimit: { stored: () => {} },
    log: createLog({ service: 'session', instance: 'test', level: 'silent' }),
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
