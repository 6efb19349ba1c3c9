import { setTimeout as pause } from 'node:timers/promises';
import type { Entry, Reply } from '@baton/contracts';
import { startSystem, until } from '@baton/testkit';
import { connect } from 'nats';
import { afterAll, afterEach, expect, it } from 'vitest';
import {
  type AgentClient,
  type Chat,
  createAgentClient,
  createChat,
  createSupervisorClient,
  memoryStorage,
} from './index.ts';

/** The whole system behind it, customers and agents on different gateways. */
// People who write as fast as these are slowed down elsewhere; here the time that gateways need to return must not
// count.
const unlimited = { MESSAGE_RATE: '1000', MESSAGE_BURST: '1000', EVENT_RATE: '1000', EVENT_BURST: '1000' };
const system = await startSystem({ gateways: 2, env: { DRAIN_MS: '500', AGENT_GRACE_MS: '20000', ...unlimited } });
const [left = '', right = ''] = system.urls;
const nats = await connect(system.space.nats);
afterAll(() => nats.close());

const open: { close: () => void }[] = [];
const keep = <One extends { close: () => void }>(one: One): One => {
  open.push(one);
  return one;
};
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function wholeLog(sessionId: string): Promise<Entry[]> {
  const subject = `${system.space.subjectRoot}.session.listEntries`;
  const entries: Entry[] = [];
  for (let more = true; more; ) {
    const question = JSON.stringify({ sessionId, afterSeq: entries.length });
    const answer = await nats.request(subject, question, { timeout: 5_000 });
    const reply = answer.json<Reply<{ entries: Entry[]; hasMore: boolean }>>();
    if (!reply.ok) throw new Error(reply.code);
    entries.push(...reply.value.entries);
    more = reply.value.hasMore;
  }
  return entries;
}

const started = async (chat: Chat): Promise<string> => {
  const result = await chat.start();
  if (!result.ok) throw new Error(result.code);
  return result.value.id;
};
const goOnline = async (client: AgentClient): Promise<AgentClient> => {
  const result = await client.join();
  if (!result.ok) throw new Error(result.code);
  return client;
};
const said = (chat: Pick<Chat, 'state'>, sender: string): string[] =>
  chat.state.items.flatMap((item) => (item.kind === 'message' && item.sender === sender ? [item.content] : []));
const saidOn = (client: AgentClient, sessionId: string, sender: string): string[] =>
  said({ state: { ...noState, items: client.state.chats.get(sessionId)?.items ?? [] } }, sender);
const noState = createChat({ userId: 'nobody' }).state;

/** A customer whose chat is assigned to this agent. */
async function together(client: AgentClient, url: string, userId: string, storage = memoryStorage()) {
  const chat = keep(createChat({ url, userId, storage }));
  const id = await started(chat);
  expect(await chat.requestAgent('billing')).toMatchObject({ ok: true });
  await until(async () => (await client.claim(id)).ok || client.state.chats.has(id));
  await until(() => client.state.chats.get(id)?.assignment === 'mine' && chat.state.session?.status === 'agent');
  return { chat, id, storage };
}

it('a chat from the first word to the rating', async () => {
  const chat = keep(createChat({ url: left, userId: 'ada', botContext: { page: '/pricing' } }));
  const drafts = new Set<string>();
  chat.subscribe(({ draft }) => draft && drafts.add(draft.text));
  const id = await started(chat);
  await until(() => said(chat, 'bot').length === 1);
  chat.send('Hello, who are you?');
  await until(() => said(chat, 'bot').length === 2, { within: 15_000 });
  expect(drafts.size, 'the answer was seen growing').toBeGreaterThan(1);
  expect(chat.state.draft).toBeNull();
  expect(chat.state.unread).toBe(2);

  const client = await goOnline(keep(createAgentClient({ url: right, name: 'Grace', storage: memoryStorage() })));
  chat.send('I want to talk to a human please');
  await until(() => chat.state.session?.status === 'waiting' && chat.state.queue?.position === 1, { within: 15_000 });
  await until(() => client.state.waiting.sessions.some((session) => session.id === id));
  expect(await client.claim()).toMatchObject({ ok: true, value: { id } });
  await until(() => client.state.chats.has(id));
  expect(saidOn(client, id, 'user')).toEqual(['Hello, who are you?', 'I want to talk to a human please']);
  expect(client.state.chats.get(id)).toMatchObject({ brief: expect.any(Object), unread: 0, hasMore: false });
  await until(() => chat.state.session?.agentName === 'Grace');

  client.send(id, 'Hi Ada, Grace here.');
  await until(() => said(chat, 'agent').length === 1);
  chat.setTyping(true);
  await until(() => client.state.chats.get(id)?.typing?.sender === 'user');
  chat.send('Great!');
  await until(() => client.state.chats.get(id)?.unread === 1);
  expect(client.state.chats.get(id)?.typing).toBeNull();
  client.markSeen(id, client.state.chats.get(id)?.items.at(-1)?.seq ?? 0);
  await until(() => {
    const last = chat.state.items.at(-1);
    return last?.kind === 'message' && last.delivery === 'seen';
  });
  chat.markSeen(chat.state.items.at(-1)?.seq ?? 0);
  await until(() => client.state.chats.get(id)?.seenByOther === chat.state.seen);
  expect(await client.addNote(id, 'a friendly one')).toMatchObject({ ok: true });
  expect(await client.colleagues()).toMatchObject({ ok: true, value: [{ name: 'Grace', active: 1 }] });

  expect(await client.closeChat(id)).toMatchObject({ ok: true });
  await until(() => chat.state.phase === 'closed' && client.state.chats.get(id)?.assignment === 'closed');
  expect(await chat.rate(4, 'quick')).toMatchObject({ ok: true });
  chat.send('one more thing');
  await until(() => {
    const last = chat.state.items.at(-1);
    return last?.kind === 'message' && last.problem?.code === 'SESSION_CLOSED';
  });

  const supervisor = keep(createSupervisorClient({ url: left }));
  expect(await supervisor.stats()).toMatchObject({ ok: true, value: { averageRating: 4, totalAgents: 1 } });
  expect(await supervisor.health()).toMatchObject({ ok: true });
  expect(await supervisor.agents()).toMatchObject({ ok: true, value: [{ name: 'Grace' }] });
  expect(await supervisor.waiting()).toMatchObject({ ok: true, value: { total: 0 } });
  expect(await supervisor.debugQueue()).toMatchObject({ ok: true });
  expect(supervisor.state).toMatchObject({ stats: { averageRating: 4 }, agents: [{ name: 'Grace' }], problem: null });
  await client.leave();
});

it('[M1] [M2] [M3] [M4] gateways die and come back in mid-chat: everything is there once and in order, on both sides', async () => {
  const client = await goOnline(keep(createAgentClient({ url: right, name: 'Barbara', storage: memoryStorage() })));
  const { chat, id } = await together(client, left, 'commuter');
  const own: string[] = [];
  const theirs: string[] = [];
  const talk = new AbortController();
  const talking = (async () => {
    for (let count = 0; !talk.signal.aborted; count++) {
      own.push(`customer ${count}`);
      chat.send(`customer ${count}`);
      theirs.push(`agent ${count}`);
      client.send(id, `agent ${count}`);
      await pause(60);
    }
  })();
  for (const gateway of system.gateways) {
    await pause(500);
    await gateway.kill();
    await pause(1_500);
    await gateway.start();
    await until(() => chat.state.connection === 'online' && client.state.connection === 'online', { within: 15_000 });
    await pause(500);
    await gateway.term();
    await gateway.start();
  }
  talk.abort();
  await talking;

  const allSent = (items: Chat['state']['items']) =>
    items.every((item) => item.kind === 'event' || !item.own || item.delivery === 'sent' || item.delivery === 'seen');
  await until(() => allSent(chat.state.items) && allSent(client.state.chats.get(id)?.items ?? []), { within: 20_000 });
  // An agent who missed hundreds is shown the newest page, and asks for those before it.
  while (client.state.chats.get(id)?.hasMore === true) expect(await client.loadEarlier(id)).toMatchObject({ ok: true });
  await until(() => said(chat, 'agent').length === theirs.length && saidOn(client, id, 'user').length === own.length, {
    within: 20_000,
  });
  expect(said(chat, 'user')).toEqual(own);
  expect(said(chat, 'agent')).toEqual(theirs);
  expect(saidOn(client, id, 'user')).toEqual(own);
  expect(saidOn(client, id, 'agent')).toEqual(theirs);
  const log = await wholeLog(id);
  expect(chat.state.items.map(({ seq }) => seq)).toEqual(log.slice(1).map(({ seq }) => seq));
  expect(own.length).toBeGreaterThan(30);
  expect(await chat.end()).toMatchObject({ ok: true });
  await client.leave();
});

it('[M4] [Q3] customer and agent reload, each to the other gateway: nothing is missing, nothing twice, and what was unsent is sent', async () => {
  const storage = memoryStorage();
  const client = await goOnline(keep(createAgentClient({ url: right, name: 'Edsger', storage })));
  const { chat, id, storage: pocket } = await together(client, left, 'reloader');
  chat.send('before');
  client.send(id, 'hello');
  await until(() => said(chat, 'agent').length === 1 && saidOn(client, id, 'user').length === 1);
  // The page goes before anything can be sent.
  chat.send('written on the way out');
  chat.close();
  client.send(id, 'so was this');
  client.close();

  const chatAgain = keep(createChat({ url: right, userId: 'reloader', storage: pocket }));
  const clientAgain = keep(createAgentClient({ url: left, storage }));
  expect(chatAgain.state.phase).toBe('starting');
  expect(clientAgain.state.phase).toBe('joining');
  await until(() => said(chatAgain, 'agent').length === 2 && saidOn(clientAgain, id, 'user').length === 2);
  expect(said(chatAgain, 'user')).toEqual(['before', 'written on the way out']);
  expect(said(chatAgain, 'agent')).toEqual(['hello', 'so was this']);
  expect(saidOn(clientAgain, id, 'agent')).toEqual(['hello', 'so was this']);
  const log = await wholeLog(id);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  expect(clientAgain.state.chats.get(id)?.items).toHaveLength(log.length);
  expect(chatAgain.state.items).toHaveLength(log.length - 1);

  // The same agent on a third page: this one is told, and stays off.
  const third = keep(createAgentClient({ url: right, storage }));
  await until(() => third.state.chats.get(id)?.assignment === 'mine');
  await until(() => clientAgain.state.phase === 'off' && clientAgain.state.problem?.code === 'FORBIDDEN');
  expect(await chatAgain.end()).toMatchObject({ ok: true });
  await until(() => third.state.chats.get(id)?.assignment === 'closed');
  await third.leave();
});

it('a customer is forgotten when another one uses the device', async () => {
  const storage = memoryStorage();
  const first = keep(createChat({ url: left, userId: 'first', storage }));
  const id = await started(first);
  first.close();
  const second = keep(createChat({ url: left, userId: 'second', storage }));
  expect(await started(second)).not.toBe(id);
});
