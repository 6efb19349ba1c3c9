import { channels } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { whileAnotherWrites } from '../../test/another-writer.ts';
import { people } from '../../test/people.ts';
import { accepted, connectClient, startSession } from '../../test/session-process.ts';

const [space, killed, single] = [await testSpace(), await testSpace(), await testSpace()];
await startSession(space);
await startSession(space);
const client = await connectClient(space);
const { session, bus } = client;
const { startChat, customerSays, botSays, agentSays, assignedChat, agent, log } = people(client);

/** The only result of an append of one message. */
const resultOf = (reply: Awaited<ReturnType<typeof session.append>>) => {
  const [result, ...others] = accepted(reply).results;
  if (result === undefined || others.length > 0) throw new Error('not one result');
  return result;
};

describe('a message', () => {
  it('[M1] is committed when it is acknowledged: it survives a kill of the process', async () => {
    const doomed = await startSession(killed);
    const here = await connectClient(killed);
    const { id } = await people(here).startChat();
    const acknowledged: number[] = [];
    const death = new AbortController();
    const writers = Array.from({ length: 10 }, async (_, writer) => {
      for (let n = 0; !death.signal.aborted; n++) {
        const reply = await here.session.append(
          { sessionId: id, author: { type: 'customer' }, messages: [{ content: `${writer} ${n}` }] },
          { timeoutMs: 500 },
        );
        if (reply.ok)
          for (const result of reply.value.results) if (result.ok) acknowledged.push(result.value.entry.seq);
      }
    });
    await until(() => acknowledged.length > 100);
    await doomed.kill();
    death.abort();
    await Promise.all(writers);
    await startSession(killed);
    const kept = new Set((await people(here).log(id)).map(({ seq }) => seq));
    expect(acknowledged.filter((seq) => !kept.has(seq))).toEqual([]);
  });

  it('[M2] repeated returns the first result, and is stored once', async () => {
    const { id } = await startChat();
    const first = resultOf(await customerSays(id, 'hello', 'a'));
    const second = resultOf(await customerSays(id, 'hello', 'a'));
    expect(first).toMatchObject({ ok: true, value: { repeated: false } });
    expect(second).toEqual({ ok: true, value: { entry: first.ok && first.value.entry, repeated: true } });
    expect(await log(id)).toHaveLength(2);
  });

  it('[M2] repeated concurrently through several instances is stored once', async () => {
    const { id } = await startChat();
    for (let n = 0; n < 20; n++) {
      const replies = await Promise.all(Array.from({ length: 8 }, () => customerSays(id, `message ${n}`, `id-${n}`)));
      const results = replies.map(resultOf);
      const entries = results.map((result) => (result.ok ? result.value.entry.id : result.code));
      expect(new Set(entries).size).toBe(1);
      expect(results.filter((result) => result.ok && !result.value.repeated)).toHaveLength(1);
    }
    expect(await log(id)).toHaveLength(21);
  });

  it('[M2] with the id of another message is refused, and changes nothing', async () => {
    const { id } = await startChat();
    await customerSays(id, 'hello', 'a');
    expect(resultOf(await customerSays(id, 'other', 'a'))).toMatchObject({
      ok: false,
      code: 'ID_REUSED',
      field: 'messages.0.clientMessageId',
    });
    expect(await log(id)).toHaveLength(2);
  });

  it('[M2] may have the id of a message of another sender, or of another session', async () => {
    const holder = await agent();
    const { id } = await assignedChat(holder);
    const other = await startChat();
    const mine = { messages: [{ content: 'mine', clientMessageId: 'a' }] };
    const replies = [
      await session.append({ sessionId: id, author: { type: 'customer' }, ...mine }),
      await session.append({ sessionId: id, author: { type: 'agent', agentId: holder }, ...mine }),
      await session.append({ sessionId: other.id, author: { type: 'customer' }, ...mine }),
    ];
    expect(replies.map(resultOf)).toMatchObject(Array(3).fill({ ok: true, value: { repeated: false } }));
  });

  it('[M2] returns its first result also after the session was closed or assigned to another agent', async () => {
    const holder = await agent();
    const { id } = await assignedChat(holder);
    const author = { type: 'agent', agentId: holder } as const;
    const asked = { sessionId: id, author, messages: [{ content: 'here I am', clientMessageId: 'a' }] };
    const first = resultOf(await session.append(asked));
    accepted(await session.release({ sessionId: id, agentId: holder, to: { type: 'queue' }, reason: 'lunch' }));
    expect(resultOf(await session.append(asked))).toMatchObject({ ok: true, value: { repeated: true } });
    accepted(await session.close({ sessionId: id, by: 'user' }));
    const again = resultOf(await session.append(asked));
    expect(again).toEqual({ ok: true, value: { entry: first.ok && first.value.entry, repeated: true } });
    const both = [...asked.messages, { content: 'something new' }];
    expect(accepted(await session.append({ ...asked, messages: both })).results).toMatchObject([
      { ok: true, value: { repeated: true } },
      // [S1] The session did not end with this agent, to whom it does not exist.
      { ok: false, code: 'NOT_ASSIGNED' },
    ]);
  });

  it('[M2] twice in one request is one entry; with different contents, the second is refused', async () => {
    const { id } = await startChat();
    const reply = await session.append({
      sessionId: id,
      author: { type: 'customer' },
      messages: [
        { content: 'one', clientMessageId: 'a' },
        { content: 'one', clientMessageId: 'a' },
        { content: 'two', clientMessageId: 'a' },
        { content: 'three' },
      ],
    });
    expect(accepted(reply).results).toMatchObject([
      { ok: true, value: { repeated: false, entry: { seq: 2 } } },
      { ok: true, value: { repeated: true, entry: { seq: 2 } } },
      { ok: false, code: 'ID_REUSED' },
      { ok: true, value: { repeated: false, entry: { seq: 3 } } },
    ]);
  });

  it.each([
    'a\u0001b',
    'emoji 👩‍👩‍👧‍👦 and "quotes" \\ and \'these\'',
    '{"json": [1, null]}',
    '\\u0000',
    '  spaces  ',
    'NULL',
    '{}',
  ])('is kept as it was written: %j', async (content) => {
    const { id } = await startChat();
    const metadata = { content, nested: { list: [content, null, 1.5, true] } };
    const author = { type: 'customer' } as const;
    accepted(
      await session.append({ sessionId: id, author, messages: [{ content, metadata, clientMessageId: content }] }),
    );
    const [, entry] = await log(id);
    expect(entry).toMatchObject({ content, metadata, clientMessageId: content });
  });
});

describe('a log', () => {
  it('[M3] has no gaps, and keeps the order of each sender, with 50 pipelining writers', async () => {
    const { id } = await startChat();
    const writers = Array.from({ length: 50 }, async (_, writer) => {
      for (let burst = 0; burst < 4; burst++) {
        const messages = Array.from({ length: 5 }, (_, n) => ({ content: `${writer}:${burst * 5 + n}` }));
        accepted(await session.append({ sessionId: id, author: { type: 'customer' }, messages }));
      }
    });
    await Promise.all(writers);
    const entries = await log(id);
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 1 + 50 * 20 }, (_, n) => n + 1));
    const bySender = Map.groupBy(entries.slice(1), ({ content }) => content.split(':')[0]);
    for (const [writer, own] of bySender)
      expect(own.map(({ content }) => content)).toEqual(Array.from({ length: 20 }, (_, n) => `${writer}:${n}`));
    const times = entries.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted());
  });

  it('[M3] keeps the order of one connection that pipelines, through one instance', async () => {
    await startSession(single);
    const here = await connectClient(single);
    const { id } = await people(here).startChat();
    const sent = Array.from({ length: 200 }, (_, n) => `message ${n}`);
    await Promise.all(sent.map((content) => people(here).customerSays(id, content)));
    expect((await people(here).log(id)).slice(1).map(({ content }) => content)).toEqual(sent);
  });

  it('[M3] has messages and concurrent changes of control in one order', async () => {
    const { id } = await startChat();
    const change = async () => {
      accepted(await session.transfer({ sessionId: id, cause: 'customer_requested', reason: 'a human' }));
      accepted(await session.cancelTransfer({ sessionId: id, cause: 'customer_cancelled' }));
    };
    const changes = (async () => {
      for (let n = 0; n < 10; n++) await change();
    })();
    const sends = Array.from({ length: 100 }, async (_, n) =>
      expect(resultOf(await customerSays(id, `message ${n}`))).toMatchObject({ ok: true }),
    );
    await Promise.all([changes, ...sends]);
    const entries = await log(id);
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 1 + 100 + 20 }, (_, n) => n + 1));
    const epochs = entries.flatMap((entry) => (entry.kind === 'event' ? [entry.change.epoch] : []));
    expect(epochs).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
  });

  it('[M3] continues after a concurrent write of another process', async () => {
    const { id } = await startChat();
    await whileAnotherWrites(
      space,
      { sessionId: id, content: 'from elsewhere', clientMessageId: 'theirs' },
      async () => {
        const mine = customerSays(id, 'mine', 'mine');
        return async () => expect(resultOf(await mine)).toMatchObject({ ok: true, value: { entry: { seq: 3 } } });
      },
    );
    expect((await log(id)).map(({ content }) => content)).toEqual(['The chat was started.', 'from elsewhere', 'mine']);
    expect(accepted(await session.heads({ sessionIds: [id] })).heads).toMatchObject([{ lastSeq: 3 }]);
  });

  it('[M2] finds a repeat in a concurrent write of another process', async () => {
    const { id } = await startChat();
    await whileAnotherWrites(space, { sessionId: id, content: 'hello', clientMessageId: 'same' }, async () => {
      const [repeat, reused] = [customerSays(id, 'hello', 'same'), customerSays(id, 'other', 'same')];
      return async () => {
        expect(resultOf(await repeat)).toMatchObject({ ok: true, value: { repeated: true, entry: { seq: 2 } } });
        expect(resultOf(await reused)).toMatchObject({ ok: false, code: 'ID_REUSED' });
      };
    });
    expect(await log(id)).toHaveLength(2);
  });

  it('[M5] is published in order to subscribers of the session, and without text to the ai service', async () => {
    const { id } = await startChat();
    const live: number[] = [];
    const kinds: string[] = [];
    const heard: unknown[] = [];
    bus.subscribe(channels.live.entry, { session: id }, ({ entries }) => live.push(...entries.map(({ seq }) => seq)));
    bus.subscribe(channels.event.control, { session: id }, (event) => kinds.push('control') + heard.push(event));
    bus.subscribe(channels.bot.asked, { session: id }, (asked) => kinds.push('asked') + heard.push(asked));
    await bus.flush();
    accepted(await customerSays(id, 'a secret', 'a'));
    accepted(await botSays(id, 1, 'a secret too', 2));
    accepted(await customerSays(id, 'a secret', 'a'));
    accepted(await session.close({ sessionId: id, by: 'user' }));
    await until(() => live.includes(4));
    await until(() => kinds.at(-1) === 'control' && kinds.includes('asked'));
    // The first entry may have been in flight when the subscription began.
    expect(live.filter((seq) => seq > 1)).toEqual([2, 3, 4]);
    // Of the messages, only questions to the bot.
    expect(kinds.filter((kind, n) => n > 0 || kind !== 'control')).toEqual(['asked', 'control']);
    expect(JSON.stringify(heard)).not.toContain('a secret');
  });

  it('messages to an agent do not wake the ai service', async () => {
    const agentId = await agent();
    const [held, own] = [await assignedChat(agentId), await startChat()];
    const asked: string[] = [];
    bus.subscribe(channels.bot.asked, {}, ({ sessionId }) => asked.push(sessionId));
    await bus.flush();
    accepted(await customerSays(held.id, 'Hello, agent'));
    accepted(await agentSays(held.id, agentId, 'Hello'));
    accepted(await customerSays(own.id, 'Hello, bot'));
    await until(() => asked.includes(own.id));
    expect(asked).not.toContain(held.id);
  });

  it('[M4] is read page by page, from any entry or from its end, never more than a megabyte', async () => {
    const { id } = await startChat();
    for (let n = 0; n < 6; n++) {
      const messages = Array.from({ length: 12 }, () => ({ content: 'ü'.repeat(16_000) }));
      accepted(await session.append({ sessionId: id, author: { type: 'customer' }, messages }));
    }
    const first = accepted(await session.listEntries({ sessionId: id }));
    expect(first.hasMore).toBe(true);
    expect(first.entries.length).toBeGreaterThan(10);
    expect(await log(id)).toHaveLength(73);
    const last = accepted(await session.getWithEntries({ sessionId: id, last: true, limit: 3 }));
    expect(last.entries.map(({ seq }) => seq)).toEqual([71, 72, 73]);
    expect(last.hasMore).toBe(true);
    const rest = accepted(await session.listEntries({ sessionId: id, afterSeq: 70 }));
    expect(rest).toMatchObject({ hasMore: false, head: { lastSeq: 73, status: 'bot', epoch: 1 } });
    expect(rest.entries.map(({ seq }) => seq)).toEqual([71, 72, 73]);
  });

  it('[M4] [S6] is read in pages of about the given bytes, without gaps, with at least one entry each', async () => {
    const { id } = await startChat();
    for (const size of [1, 16_000, 10, 16_000, 16_000, 5, 5, 5]) accepted(await customerSays(id, 'ü'.repeat(size)));
    const pages: number[][] = [];
    for (let afterSeq = 0, more = true; more; afterSeq = pages.at(-1)?.at(-1) ?? 0) {
      const page = accepted(await session.listEntries({ sessionId: id, afterSeq, maxBytes: 1_000 }));
      pages.push(page.entries.map(({ seq }) => seq));
      more = page.hasMore;
    }
    // An entry that begins within the limit is returned whole.
    expect(pages).toEqual([[1, 2, 3], [4, 5], [6], [7, 8, 9]]);
    const few = accepted(await session.listEntries({ sessionId: id, limit: 2, maxBytes: 100_000 }));
    expect(few.entries.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(few.hasMore).toBe(true);
    const end = accepted(await session.listEntries({ sessionId: id, afterSeq: 9, maxBytes: 1_000 }));
    expect(end).toMatchObject({ entries: [], hasMore: false });
  });

  it('is counted by sender', async () => {
    const { id } = await startChat();
    await customerSays(id, 'one');
    await customerSays(id, 'two');
    await botSays(id, 1, 'three', 3);
    const counts = accepted(await session.countEntries({ sessionId: id }));
    expect(counts).toEqual({ total: 4, messages: 3, user: 2, bot: 1, agent: 0, system: 0 });
  });
});

it('[M1] [M2] [S2] characters that cannot be stored are removed, and nothing is refused for them', async () => {
  const half = '\ud83d';
  const { id } = await startChat();
  accepted(await customerSays(id, `cut in an emoji ${half}`, 'cut'));
  const again = accepted(await customerSays(id, `cut in an emoji ${half}`, 'cut')).results[0];
  expect(again).toMatchObject({ ok: true, value: { repeated: true } });
  accepted(await customerSays(id, 'pasted\u0000 from elsewhere'));
  expect((await log(id)).flatMap((entry) => (entry.kind === 'message' ? [entry.content] : []))).toEqual([
    'cut in an emoji ',
    'pasted from elsewhere',
  ]);
  const metadata = { title: `Sale ${half}`, page: { 'a\u0000': ['b\u0000'] } };
  const created = accepted(await session.create({ userId: 'ada', metadata, botContext: `helpful ${half}` }));
  expect(created.session).toMatchObject({
    metadata: { title: 'Sale ', page: { a: ['b'] } },
    botContext: 'helpful ',
  });
});
