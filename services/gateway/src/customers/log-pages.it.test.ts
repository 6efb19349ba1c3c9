import { testSpace, until } from '@baton/testkit';
import { expect, it } from 'vitest';
import { granted } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const { services, left, right, client, customer } = await startSystem(space, { EVENT_BURST: '100000' });
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const seqsOf = (entries: readonly { seq: number }[] | undefined) => entries?.map(({ seq }) => seq);

/** A chat whose log has so many entries. */
async function longChat(entries: number) {
  const ann = await customer(left);
  for (const n of upTo(2, entries)) services.botSays(ann.sessionId, `${n}`);
  return ann;
}

it('[M4] one who asks for the newest gets them with the answer, then what follows, and the rest page by page', async () => {
  const { sessionId, token } = await longChat(500);
  const back = client(right);
  const resumed = granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 1, newest: 50 }));
  expect(resumed.session.lastSeq).toBe(500);
  expect(seqsOf(resumed.entries)).toEqual(upTo(451, 500));
  services.botSays(sessionId, 'and on');
  await until(() => back.seqs(sessionId).length > 0);
  expect(back.seqs(sessionId), 'nothing of the page is sent again').toEqual([501]);

  const page = granted(await back.ask('customer:list_entries', { sessionId, afterSeq: 250, limit: 200 }));
  expect(seqsOf(page.entries)).toEqual(upTo(251, 450));
  expect(page.hasMore).toBe(true);
  const more = granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 350, newest: 200 }));
  expect(seqsOf(more.entries)?.[0], 'what fits begins where the client is').toBe(351);
  const few = granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 499, newest: 50 }));
  expect(seqsOf(few.entries), 'what was missed, and no more').toEqual([500, 501]);
  const none = granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 501, newest: 50 }));
  expect(none.entries).toEqual([]);
});

it('[M4] what is written while the page is fetched comes behind it, once', async () => {
  const { sessionId, token } = await longChat(300);
  services.faults.pagesLateMs = 200;
  const back = client(right);
  const asking = back.ask('customer:resume_chat', { sessionId, token, lastSeq: 1, newest: 50 });
  for (const n of upTo(301, 400)) {
    services.botSays(sessionId, `${n}`);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  const page = seqsOf(granted(await asking).entries) ?? [];
  services.faults.pagesLateMs = 0;
  const shown = () => [...page, ...back.seqs(sessionId)];
  await until(() => shown().at(-1) === 400);
  expect(shown()).toEqual(upTo(page[0] ?? 0, 400));
  expect(page.length).toBe(50);
});

it('one who does not ask for pages is sent everything as before', async () => {
  const { sessionId, token } = await longChat(300);
  const back = client(right);
  const resumed = granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 1 }));
  expect(resumed).not.toHaveProperty('entries');
  await until(() => back.seqs(sessionId).at(-1) === 300);
  expect(back.seqs(sessionId)).toEqual(upTo(2, 300));
});

it('[S1] a page holds what a customer may see and no more, and the end of a chat ends what is shown of it', async () => {
  const { sessionId, token } = await longChat(20);
  const chat = services.session.sessions.get(sessionId);
  if (chat === undefined) throw new Error('there is no chat');
  services.session.control.move(chat, 'closed', { cause: 'agent_closed', by: 'agent', reason: 'do not refund' });
  const back = client(right);
  const resumed = granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 1, newest: 50 }));
  expect(resumed.entries?.at(-1)).toMatchObject({ kind: 'event', change: { to: 'closed' } });
  const page = granted(await back.ask('customer:list_entries', { sessionId, afterSeq: 1 }));
  expect(seqsOf(page.entries)).toEqual(upTo(2, 21));
  expect(JSON.stringify([resumed, page])).not.toContain('do not refund');
  expect(await client(left).ask('customer:list_entries', { sessionId })).toMatchObject({ code: 'NOT_FOUND' });
});

it('[S6] pages are as large as one turn allows, and the next begins where one ended', async () => {
  const ann = await customer(left);
  for (let n = 2; n <= 121; n++) services.botSays(ann.sessionId, 'x'.repeat(16_000));
  const back = client(right);
  const { sessionId, token } = ann;
  const resumed = granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 1, newest: 50 }));
  expect(resumed.entries?.at(-1)?.seq).toBeLessThanOrEqual(121);
  const found: number[] = [];
  for (let afterSeq = 1, more = true; more; afterSeq = found.at(-1) ?? 1) {
    const page = granted(await back.ask('customer:list_entries', { sessionId, afterSeq, limit: 200 }));
    expect(page.entries.length).toBeLessThan(10);
    found.push(...(seqsOf(page.entries) ?? []));
    more = page.hasMore;
  }
  expect(found).toEqual(upTo(2, 121));
});
