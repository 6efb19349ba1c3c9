import { type ErrorCode, type MessageEntry, type RequestOf, refuse, type sessionApi } from '@baton/contracts';
import { currentTrace, inTrace, recordSpans } from '@baton/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMessageSender, type Send, type Sent } from './message-sender.ts';

type Request = RequestOf<(typeof sessionApi)['endpoints']['append']>;
type Append = Parameters<typeof createMessageSender>[0]['append'];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const send = (content: string, more: Partial<Send> = {}): Send => ({
  sessionId: 's',
  author: { type: 'customer' },
  content,
  ...more,
});

/** A session service that stores what it is told, or does what `next` says instead. */
function fakeSession(answerMs = 10) {
  const requests: Request[] = [];
  const stored: string[] = [];
  const next: ErrorCode[] = [];
  let underWay = 0;
  let most = 0;
  const append: Append = async (request) => {
    requests.push(request);
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, answerMs));
    underWay--;
    const code = next.shift();
    if (code !== undefined) {
      // As the endpoint's own refusals are typed; which one it is is this test's business.
      return refuse(code, 'no') as Awaited<ReturnType<Append>>;
    }
    const results = request.messages.map(({ content, clientMessageId }) => {
      stored.push(content);
      const entry = { content, clientMessageId, seq: stored.length } as MessageEntry;
      return { ok: true as const, value: { entry, repeated: false } };
    });
    return { ok: true, value: { results } };
  };
  return { append, requests, stored, next, most: () => most };
}

const settle = async <T>(work: Promise<T>): Promise<T> => {
  await vi.runAllTimersAsync();
  return work;
};

describe('sending', () => {
  it('[M3] keep their order, one request at a time, gathering what comes meanwhile', async () => {
    const session = fakeSession();
    const sendMessage = createMessageSender(session);
    const texts = Array.from({ length: 50 }, (_, n) => `${n}`);
    await settle(Promise.all(texts.map((text) => sendMessage(send(text)))));
    expect(session.stored).toEqual(texts);
    expect(session.most()).toBe(1);
    expect(session.requests).toHaveLength(2);
  });

  it('of several sessions do not wait for each other', async () => {
    const session = fakeSession();
    const sendMessage = createMessageSender(session);
    await settle(Promise.all(['a', 'b', 'c'].map((sessionId) => sendMessage(send('x', { sessionId })))));
    expect(session.most()).toBe(3);
  });

  it('[M2] are repeated with the same ids when their outcome is unknown', async () => {
    const session = fakeSession();
    session.next.push('TIMEOUT', 'UNAVAILABLE');
    const reply = await settle(createMessageSender(session)(send('x')));
    expect(reply.ok).toBe(true);
    const ids = session.requests.map(({ messages }) => messages[0]?.clientMessageId);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids).toEqual([ids[0], ids[0], ids[0]]);
  });

  it('are not repeated when they are refused', async () => {
    const session = fakeSession();
    session.next.push('SESSION_CLOSED');
    const reply = await settle(createMessageSender(session)(send('x')));
    expect(reply).toMatchObject({ ok: false, code: 'SESSION_CLOSED' });
    expect(session.requests).toHaveLength(1);
  });

  it('[M3] are given up within 8 s when nobody answers, and with them all that was sent behind them', async () => {
    const session = fakeSession(100);
    session.next.push(...Array.from({ length: 1_000 }, () => 'TIMEOUT' as const));
    const sendMessage = createMessageSender(session);
    const first = sendMessage(send('first'));
    await vi.advanceTimersByTimeAsync(50);
    const behind = [sendMessage(send('second')), sendMessage(send('third'))];
    await vi.advanceTimersByTimeAsync(8_100);
    session.next.length = 0;
    const replies = await settle(Promise.all([first, ...behind]));
    // Of the first nobody knows; the others were not even tried.
    expect(replies.map((reply) => (reply.ok ? 'ok' : reply.code))).toEqual(['TIMEOUT', 'UNAVAILABLE', 'UNAVAILABLE']);
    expect(session.stored).toEqual([]);
    expect(await settle(sendMessage(send('first')))).toMatchObject({ ok: true });
    expect(session.stored).toEqual(['first']);
  });

  it('[O2] are refused after 4 s in which nothing could be stored, and from then on at once', async () => {
    const session = fakeSession(10);
    session.next.push(...Array.from({ length: 1_000 }, () => 'UNAVAILABLE' as const));
    const sendMessage = createMessageSender(session);
    let first: Sent | undefined;
    void sendMessage(send('first')).then((reply) => {
      first = reply;
    });
    await vi.advanceTimersByTimeAsync(3_500);
    expect(first).toBeUndefined();
    await vi.advanceTimersByTimeAsync(600);
    expect(first).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
    const { length } = session.requests;
    let other: Sent | undefined;
    void sendMessage(send('of somebody else', { sessionId: 'b' })).then((reply) => {
      other = reply;
    });
    await vi.advanceTimersByTimeAsync(50);
    expect(other).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
    expect(session.requests).toHaveLength(length + 1);

    // One that is stored ends it: the next trouble is given its time again.
    session.next.length = 0;
    expect(await settle(sendMessage(send('second')))).toMatchObject({ ok: true });
    session.next.push('UNAVAILABLE');
    expect(await settle(sendMessage(send('third')))).toMatchObject({ ok: true });
    // So is one that comes long after the last, with nothing sent between.
    session.next.push('UNAVAILABLE');
    const fourth = sendMessage(send('fourth'));
    session.next.push(...Array.from({ length: 15 }, () => 'UNAVAILABLE' as const));
    expect(await settle(fourth)).toMatchObject({ ok: false });
    session.next.length = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    session.next.push('UNAVAILABLE');
    expect(await settle(sendMessage(send('fifth')))).toMatchObject({ ok: true });
  });

  it('[M2] whose outcome was unknown once stay so, whatever further attempts are told', async () => {
    const session = fakeSession(10);
    session.next.push('TIMEOUT', ...Array.from({ length: 1_000 }, () => 'UNAVAILABLE' as const));
    expect(await settle(createMessageSender(session)(send('first')))).toMatchObject({ ok: false, code: 'TIMEOUT' });
  });

  it('are split by size and by the epoch they were written in', async () => {
    const session = fakeSession();
    const sendMessage = createMessageSender(session);
    const long = 'x'.repeat(16_000);
    await settle(Promise.all(Array.from({ length: 41 }, () => sendMessage(send(long)))));
    for (const { messages } of session.requests) expect(JSON.stringify(messages).length).toBeLessThanOrEqual(210_000);
    expect(session.stored).toHaveLength(41);

    session.requests.length = 0;
    const byAgent = (epoch?: number) => send('x', { author: { type: 'agent', agentId: 'a', epoch } });
    await settle(Promise.all([byAgent(), byAgent(3), byAgent(3), byAgent(4)].map((one) => sendMessage(one))));
    const epochs = session.requests.map(({ author }) => (author.type === 'agent' ? author.epoch : 'none'));
    expect(epochs).toEqual([undefined, 3, 4]);
  });

  it('[O4] that are gathered name each its own trace, while spans are recorded', async () => {
    const session = fakeSession();
    const sendMessage = createMessageSender(session);
    const headers = ['a', 'b', 'c'].map((digit) => `00-${digit.repeat(32)}-${'1'.repeat(16)}-01`);
    const three = () => settle(Promise.all(headers.map((header) => inTrace(header, () => sendMessage(send('x'))))));
    const named = () => session.requests.map(({ messages }) => messages.map(({ traceparent }) => traceparent));

    await three();
    expect(named()).toEqual([[undefined], [undefined, undefined]]);

    session.requests.length = 0;
    recordSpans({ begin: () => expect.fail('nothing here is a span') });
    await three().finally(() => recordSpans(undefined));
    expect(named()).toEqual([[undefined], [undefined, headers[2]]]);
  });

  it('[O4] are each a step of the trace that they were sent in', async () => {
    const session = fakeSession();
    const traces: (string | undefined)[] = [];
    const sendMessage = createMessageSender({
      append: (request) => {
        traces.push(currentTrace()?.traceId);
        return session.append(request);
      },
    });
    const ids = ['a', 'b'].map((digit) => digit.repeat(32));
    const [first, second] = ids.map((id) => inTrace(`00-${id}-${'1'.repeat(16)}-01`, () => sendMessage(send('x'))));
    await settle(Promise.all([first, second]));
    expect(traces).toEqual(ids);
  });

  it('name the field of the event, not that of the request', async () => {
    const append: Append = async () => {
      const refusal = refuse('ID_REUSED', 'This id was already used.', 'messages.0.clientMessageId');
      return { ok: true, value: { results: [refusal] } };
    };
    const reply = await settle(createMessageSender({ append })(send('x')));
    expect(reply).toMatchObject({ ok: false, code: 'ID_REUSED', field: 'clientMessageId' });
  });
});
