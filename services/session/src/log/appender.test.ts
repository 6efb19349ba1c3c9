import { LockTimeout, UniqueViolation } from '@baton/postgres';
import { afterPollPhase, OutcomeUnknown, Unavailable } from '@baton/runtime';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { PendingMessage, Written } from './append-request.ts';
import { createAppender, rounds, type WriteMessages } from './appender.ts';

let made = 0;
const message = (more: Partial<PendingMessage> = {}): PendingMessage => ({
  id: `id-${++made}`,
  sessionId: 'aaaa',
  sender: 'user',
  agentId: null,
  epoch: null,
  clientMessageId: null,
  content: 'x',
  inReplyTo: null,
  metadata: {},
  ...more,
});

/** A log that numbers messages, and fails as `fail` says. */
function fakeLog(fail: (items: readonly PendingMessage[], attempt: number) => Error | undefined = () => undefined) {
  const statements: string[][] = [];
  let seq = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  const write: WriteMessages = async (items) => {
    statements.push(items.map(({ content }) => content));
    maxInFlight = Math.max(maxInFlight, ++inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    inFlight--;
    const error = fail(items, statements.length);
    if (error) throw error;
    return items.map(
      ({ id, inReplyTo, metadata }): Written => ({
        outcome: 'stored',
        id,
        seq: ++seq,
        at: new Date(0),
        senderName: null,
        inReplyTo,
        metadata,
        status: 'bot',
        epoch: 1,
        source: null,
        answers: true,
        logBytes: 5,
      }),
    );
  };
  return { write, statements, maxInFlight: () => maxInFlight };
}

const outcome = (one: Written | Error | undefined) => (one instanceof Error ? one.name : one?.outcome);

describe('batching', () => {
  it('writes the messages of one turn as one batch, and those that arrive meanwhile as the next', async () => {
    const { write, statements } = fakeLog();
    const appender = createAppender({ write });
    const say = (contents: string[]) => contents.map((content) => appender.append([message({ content })]));
    const first = say(['a', 'b']);
    await vi.waitUntil(() => statements.length === 1, { interval: 0 });
    await Promise.all([...first, ...say(['c', 'd', 'e'])]);
    expect(statements).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    await appender.settled();
  });

  it('[M3] keeps the order of arrival, one batch at a time', async () => {
    const { write, statements, maxInFlight } = fakeLog();
    const appender = createAppender({ write });
    const contents = Array.from({ length: 50 }, (_, n) => `${n}`);
    await Promise.all(contents.map((content) => appender.append([message({ content })])));
    expect(statements.flat()).toEqual(contents);
    for (const sessionId of ['0000', '0001', '0002']) {
      void appender.append([message({ sessionId })]);
      await afterPollPhase();
    }
    await appender.settled();
    expect(maxInFlight()).toBe(1);
  });

  it('gives each request its own results', async () => {
    const appender = createAppender({ write: fakeLog().write });
    const requests = [[message(), message()], [message()], [message(), message(), message()]];
    const results = await Promise.all(requests.map((items) => appender.append(items)));
    const ids = results.map((result) => result.map((one) => (one instanceof Error || !('id' in one) ? '' : one.id)));
    expect(ids).toEqual(requests.map((items) => items.map(({ id }) => id)));
  });
});

it('waits in place for the lock of one lone message at a time; others skip it, and four wait beside the batches', async () => {
  const waits: string[] = [];
  const releases: (() => void)[] = [];
  const { write } = fakeLog();
  const appender = createAppender({
    write: async (items, locked) => {
      if (locked === 'skip') return items.map(() => 'locked');
      waits.push(locked);
      await new Promise<void>((resolve) => releases.push(resolve));
      return write(items, locked);
    },
  });
  const sessions = Array.from({ length: 12 }, (_, n) => `${n}`);
  const all: Promise<unknown>[] = [];
  for (const sessionId of sessions) {
    all.push(appender.append([message({ sessionId })]));
    await new Promise((resolve) => setTimeout(resolve, all.length === 1 ? 130 : 20));
  }
  expect(waits).toEqual(['either', 'wait', 'wait', 'wait', 'wait']);
  const releasing = setInterval(() => releases.shift()?.(), 1);
  await Promise.all(all);
  clearInterval(releasing);
  await appender.settled();
  expect(waits).toHaveLength(12);
});

describe('failures', () => {
  it('of one message do not fail the others', async () => {
    const { write } = fakeLog((items) =>
      items.some(({ content }) => content === 'poison') ? new Error('x') : undefined,
    );
    const appender = createAppender({ write });
    const contents = ['a', 'b', 'poison', 'c', 'd', 'e'];
    const [result] = await Promise.all([appender.append(contents.map((content) => message({ content })))]);
    expect(result.map(outcome)).toEqual(['stored', 'stored', 'Error', 'stored', 'stored', 'stored']);
  });

  it('[M2] caused by a repeat committed meanwhile are retried', async () => {
    const { write, statements } = fakeLog((_, attempt) => (attempt < 5 ? new UniqueViolation('x') : undefined));
    const result = await createAppender({ write }).append([message()]);
    expect(result.map(outcome)).toEqual(['stored']);
    expect(statements).toHaveLength(5);
  });

  it('that persist end after five attempts', async () => {
    const { write, statements } = fakeLog(() => new UniqueViolation('x'));
    expect((await createAppender({ write }).append([message()])).map(outcome)).toEqual(['UniqueViolation']);
    expect(statements).toHaveLength(5);
  });

  it.each([new Unavailable('x'), new OutcomeUnknown('x')])(
    'of the database fail all messages: $name',
    async (error) => {
      const { write, statements } = fakeLog(() => error);
      await expect(createAppender({ write }).append([message(), message()])).rejects.toBe(error);
      expect(statements).toHaveLength(1);
    },
  );

  it('caused by a locked row fail the messages of its session only', async () => {
    const { write } = fakeLog((items) =>
      items.some(({ sessionId }) => sessionId === '0002') ? new LockTimeout('x') : undefined,
    );
    const appender = createAppender({ write });
    const sessions = ['0000', '0002', '0004', '0006'];
    const replies = await Promise.allSettled(sessions.map((sessionId) => appender.append([message({ sessionId })])));
    expect(replies.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });
});

describe('a round', () => {
  const anyMessage = fc.record({
    id: fc.uuid(),
    sessionId: fc.constantFrom('s1', 's2', 's3'),
    sender: fc.constantFrom('user' as const, 'bot' as const, 'agent' as const),
    agentId: fc.constant(null),
    epoch: fc.constant(null),
    clientMessageId: fc.constantFrom(null, 'a', 'b', 'c'),
    content: fc.string({ maxLength: 50 }),
    inReplyTo: fc.constantFrom(null, 1, 2),
    metadata: fc.constant({}),
  });

  const identities = ({ sessionId, sender, clientMessageId, inReplyTo }: PendingMessage) => [
    ...(clientMessageId === null ? [] : [`${sessionId} ${sender} ${clientMessageId}`]),
    ...(sender === 'bot' && inReplyTo !== null ? [`${sessionId} answers`] : []),
  ];

  it('has every message once, in the order of its session, no identity twice in a round, and no round too large', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 60 }), fc.integer({ min: 1, max: 5_000 }), (items, maxWeight) => {
        const parts = rounds(items, maxWeight);
        const written = parts.flat();
        expect(written.map(({ index }) => index).toSorted((x, y) => x - y)).toEqual(items.map((_, index) => index));
        for (const { item, index } of written) expect(items[index]).toBe(item);
        for (const session of ['s1', 's2', 's3']) {
          const order = written.filter(({ item }) => item.sessionId === session).map(({ index }) => index);
          expect(order).toEqual(order.toSorted((x, y) => x - y));
        }
        for (const part of parts) {
          const all = part.flatMap(({ item }) => identities(item));
          expect(new Set(all).size).toBe(all.length);
          const weight = part.reduce((sum, { item }) => sum + item.content.length + 256, 0);
          expect(part.length === 1 || weight <= maxWeight).toBe(true);
        }
      }),
    );
  });

  it('is one round without conflicts', () => {
    const base = { sender: 'user', agentId: null, epoch: null, content: 'x', inReplyTo: null, metadata: {} } as const;
    const items = Array.from({ length: 100 }, (_, n) => ({
      ...base,
      id: `${n}`,
      sessionId: `s${n % 7}`,
      clientMessageId: `c${n}`,
    }));
    expect(rounds(items)).toHaveLength(1);
    expect(rounds([])).toEqual([]);
  });
});
