import { type ErrorCode, type MessageEntry, type RequestOf, refuse, type sessionApi } from '@baton/contracts';
import { currentTrace, inTrace, recordSpans } from '@baton/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMessageSender, type Send, type Sent } from './message-sender.ts';

type Request = RequestOf<(typeof sessionApi)['endpoints']['append']>;
type Session = Parameters<typeof createMessageSender>[0];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const send = (content: string, more: Partial<Send> = {}): Send => ({
  sessionId: 's',
  author: { type: 'customer' },
  content,
  ...more,
});

/** A session service that stores what it is told, or does what `next` and `nextOf` say instead. */
function fakeSession(answerMs = 10) {
  /** Appends, whether they came alone or together. */
  const requests: Request[] = [];
  /** How many appends each request carried. */
  const carried: number[] = [];
  const stored: string[] = [];
  /** Of whole requests. */
  const next: ErrorCode[] = [];
  /** Of the appends of a session. */
  const nextOf = new Map<string, ErrorCode[]>();
  const isOlder = { value: false };
  let underWay = 0;
  let most = 0;
  const answer = async <Value>(appends: readonly Request[], work: () => Value) => {
    requests.push(...appends);
    carried.push(appends.length);
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, answerMs));
    underWay--;
    const code = next.shift();
    return code === undefined ? work() : refuse(code, 'no');
  };
  const store = (request: Request) => {
    const code = nextOf.get(request.sessionId)?.shift();
    if (code !== undefined) return refuse(code, 'no');
    const results = request.messages.map(({ content, clientMessageId }) => {
      stored.push(content);
      const entry = { content, clientMessageId, seq: stored.length } as MessageEntry;
      return { ok: true as const, value: { entry, repeated: false } };
    });
    return { ok: true as const, value: { results } };
  };
  const session = {
    // As the endpoints' own refusals are typed; which one it is is this test's business.
    append: (request) => answer([request], () => store(request)) as ReturnType<Session['append']>,
    appendMany: async ({ appends }, { onUnserved } = {}) => {
      if (!isOlder.value) return answer(appends, () => ({ ok: true as const, value: { replies: appends.map(store) } }));
      onUnserved?.();
      return refuse('UNAVAILABLE', 'nobody is there');
    },
  } as Session;
  return { ...session, requests, carried, stored, next, nextOf, isOlder, most: () => most };
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
    const first = sendMessage(send('first'));
    await vi.advanceTimersByTimeAsync(5);
    await settle(Promise.all([first, ...texts.map((text) => sendMessage(send(text)))]));
    expect(session.stored).toEqual(['first', ...texts]);
    expect(session.most()).toBe(1);
    expect(session.requests).toHaveLength(2);
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
    for (const { messages } of session.requests) expect(JSON.stringify(messages).length).toBeLessThanOrEqual(524_288);
    expect(session.requests.length).toBe(2);
    expect(session.stored).toHaveLength(41);

    session.requests.length = 0;
    const byAgent = (epoch?: number) => send('x', { author: { type: 'agent', agentId: 'a', epoch } });
    await settle(Promise.all([byAgent(), byAgent(3), byAgent(3), byAgent(4)].map((one) => sendMessage(one))));
    const epochs = session.requests.map(({ author }) => (author.type === 'agent' ? author.epoch : 'none'));
    expect(epochs).toEqual([undefined, 3, 4]);
  });

  it('[O4] that are gathered name the trace of each append, and of each message while spans are recorded', async () => {
    const session = fakeSession();
    const sendMessage = createMessageSender(session);
    const headers = ['a', 'b', 'c'].map((digit) => `00-${digit.repeat(32)}-${'1'.repeat(16)}-01`);
    const three = (sessions = ['s', 's', 's']) =>
      settle(
        Promise.all(
          headers.map((header, n) => inTrace(header, () => sendMessage(send('x', { sessionId: sessions[n] ?? '' })))),
        ),
      );
    const named = () => session.requests.map(({ messages }) => messages.map(({ traceparent }) => traceparent));

    await three();
    expect(named()).toEqual([[undefined, undefined, undefined]]);

    session.requests.length = 0;
    await three(['a', 'b', 'b']);
    const ofB = expect.stringMatching(new RegExp(`^00-${'b'.repeat(32)}-[0-9a-f]{16}-01$`));
    expect(named()).toEqual([[undefined], [ofB, undefined]]);

    session.requests.length = 0;
    recordSpans({ begin: () => expect.fail('nothing here is a span') });
    await three().finally(() => recordSpans(undefined));
    expect(named()).toEqual([[undefined, headers[1], headers[2]]]);

    session.requests.length = 0;
    recordSpans({ begin: () => expect.fail('nothing here is a span') });
    await three(['a', 'b', 'b']).finally(() => recordSpans(undefined));
    expect(named()).toEqual([[undefined], [headers[1], headers[2]]]);
  });

  it('[O4] leave in the trace of the first of them', async () => {
    const session = fakeSession();
    const traces: (string | undefined)[] = [];
    const note = <Work>(work: Work): Work => {
      traces.push(currentTrace()?.traceId);
      return work;
    };
    const sendMessage = createMessageSender({
      append: (...request) => note(session.append(...request)),
      appendMany: (...request) => note(session.appendMany(...request)),
    });
    const ids = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
    const [first, second, third] = ids.map((id, n) => () => {
      const message = send('x', { sessionId: `${n}` });
      return inTrace(`00-${id}-${'1'.repeat(16)}-01`, () => sendMessage(message));
    });
    const alone = first?.();
    await vi.advanceTimersByTimeAsync(5);
    await settle(Promise.all([alone, second?.(), third?.()]));
    expect(traces).toEqual([ids[0], ids[1]]);
  });

  it('name the field of the event, not that of the request', async () => {
    const append: Session['append'] = async () => {
      const refusal = refuse('ID_REUSED', 'This id was already used.', 'messages.0.clientMessageId');
      return { ok: true, value: { results: [refusal] } };
    };
    const reply = await settle(createMessageSender({ ...fakeSession(), append })(send('x')));
    expect(reply).toMatchObject({ ok: false, code: 'ID_REUSED', field: 'clientMessageId' });
  });
});

describe('sending of many sessions', () => {
  const sessions = Array.from({ length: 40 }, (_, n) => `s${n}`);
  const codesOf = (replies: readonly Sent[]) => replies.map((reply) => (reply.ok ? 'ok' : reply.code));
  const sendAll = (sendMessage: ReturnType<typeof createMessageSender>, of = sessions) =>
    Promise.all(of.map((sessionId) => sendMessage(send(`of ${sessionId}`, { sessionId }))));

  it('is one request for all that comes together, and one for all that comes meanwhile; each has its own reply', async () => {
    const session = fakeSession();
    const sendMessage = createMessageSender(session);
    const first = sendAll(sendMessage);
    await vi.advanceTimersByTimeAsync(5);
    const second = Promise.all(sessions.map((sessionId) => sendMessage(send(`again ${sessionId}`, { sessionId }))));
    const replies = await settle(Promise.all([first, second]));
    expect(session.carried).toEqual([40, 40]);
    const told = replies.map((all) => all.map((reply) => reply.ok && reply.value.message.content));
    expect(told).toEqual([sessions.map((id) => `of ${id}`), sessions.map((id) => `again ${id}`)]);
  });

  it('takes a lone message at once, as one append', async () => {
    const session = fakeSession();
    await settle(createMessageSender(session)(send('x')));
    expect(session.carried).toEqual([1]);
  });

  it('has two requests at once, and waits for none that is slow; its sessions do, to keep their order [M3]', async () => {
    const session = fakeSession(400);
    const sendMessage = createMessageSender(session);
    const slow = sendAll(sendMessage, ['s0', 's1']);
    await vi.advanceTimersByTimeAsync(10);
    const next = sendAll(sendMessage, ['s1', 's2', 's3']);
    await vi.advanceTimersByTimeAsync(10);
    expect(session.carried).toEqual([2, 2]);
    expect(session.requests.slice(2).map(({ sessionId }) => sessionId)).toEqual(['s2', 's3']);
    const others = sendAll(sendMessage, ['s2', 's4', 's5']);
    await vi.advanceTimersByTimeAsync(20);
    expect(session.carried).toEqual([2, 2]);
    await vi.advanceTimersByTimeAsync(60);
    expect(session.carried).toEqual([2, 2, 2]);
    expect(session.requests.slice(4).map(({ sessionId }) => sessionId)).toEqual(['s4', 's5']);
    await settle(Promise.all([slow, next, others]));
    expect(session.carried).toEqual([2, 2, 2, 1, 1]);
  });

  it.each(['TIMEOUT', 'UNAVAILABLE'] as const)(
    'repeats the one that got %s by itself, and holds up no other for it [M2]',
    async (code) => {
      const session = fakeSession();
      session.nextOf.set('s7', [code, code]);
      const sendMessage = createMessageSender(session);
      const all = sessions.map((sessionId) => sendMessage(send(`of ${sessionId}`, { sessionId })));
      let settled = 0;
      for (const one of all) void one.then(() => settled++);
      await vi.advanceTimersByTimeAsync(15);
      expect(settled).toBe(39);
      const behind = sendMessage(send('behind', { sessionId: 's7' }));
      expect(codesOf(await settle(Promise.all(all)))).toEqual(sessions.map(() => 'ok'));
      await settle(behind);
      expect(session.carried).toEqual([40, 1, 1, 1]);
      expect(new Set(session.requests.flatMap(({ messages }) => messages[0]?.clientMessageId)).size).toBe(41);
      expect(session.stored.slice(-2)).toEqual(['of s7', 'behind']);
    },
  );

  it.each(['NOT_FOUND', 'SESSION_CLOSED', 'NOT_ASSIGNED', 'INTERNAL'] as const)(
    'tells the one that is refused with %s, and stores the others',
    async (code) => {
      const session = fakeSession();
      session.nextOf.set('s3', [code]);
      const replies = await settle(sendAll(createMessageSender(session)));
      expect(codesOf(replies)).toEqual(sessions.map((id) => (id === 's3' ? code : 'ok')));
      expect(session.carried).toEqual([40]);
    },
  );

  it('is repeated one by one when the request is refused for something about one of them', async () => {
    const session = fakeSession();
    session.next.push('VALIDATION_FAILED', 'VALIDATION_FAILED');
    const replies = await settle(sendAll(createMessageSender(session), ['s0', 's1', 's2']));
    expect(codesOf(replies)).toEqual(['VALIDATION_FAILED', 'ok', 'ok']);
    expect(session.carried).toEqual([3, 1, 1, 1]);
  });

  it('[O1] is one by one with a session service of an older version, at once, and together once there is a new one', async () => {
    const session = fakeSession();
    session.isOlder.value = true;
    const sendMessage = createMessageSender(session);
    const begun = Date.now();
    const replies = sendAll(sendMessage);
    await vi.advanceTimersByTimeAsync(15);
    expect(codesOf(await replies)).toEqual(sessions.map(() => 'ok'));
    expect(Date.now() - begun).toBeLessThan(20);
    expect(session.carried).toEqual(sessions.map(() => 1));
    session.isOlder.value = false;
    await vi.advanceTimersByTimeAsync(1_000);
    await settle(sendAll(sendMessage));
    expect(session.carried.at(-1)).toBe(40);
  });

  it('gives one that sends much no more than its turn', async () => {
    const session = fakeSession();
    const sendMessage = createMessageSender(session);
    const much = Promise.all(
      Array.from({ length: 1_000 }, () => sendMessage(send('x'.repeat(4_000), { sessionId: 'much' }))),
    );
    await vi.advanceTimersByTimeAsync(1);
    const others = sendAll(sendMessage);
    let seen = 0;
    void others.then(() => {
      seen = session.requests.filter(({ sessionId }) => sessionId === 'much').length;
    });
    await settle(Promise.all([much, others]));
    expect(seen).toBeLessThanOrEqual(3);
    for (const { messages } of session.requests) expect(messages.length).toBeLessThanOrEqual(100);
  });
});
