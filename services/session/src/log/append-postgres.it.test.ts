import { randomUUID } from 'node:crypto';
import { createLog } from '@baton/runtime';
import { testSpace, until } from '@baton/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { people } from '../../test/people.ts';
import { accepted, connectClient, startSession } from '../../test/session-process.ts';
import { openDatabase } from '../platform/database-postgres.ts';
import { writeMany, writeOne } from './append-postgres.ts';
import type { PendingMessage } from './append-request.ts';

const space = await testSpace();
await startSession(space);
const client = await connectClient(space);
const { startChat, waitingChat, assignedChat, agent, customerSays, agentSays, botSays } = people(client);
const log = createLog({ service: 'session', instance: 'test', level: 'silent' });
const database = openDatabase({ url: space.databaseUrl, poolMax: 1, name: 'test', log });
afterAll(() => database.close());

const fromCustomer = (sessionId: string, more: Partial<PendingMessage> = {}): PendingMessage => ({
  id: randomUUID(),
  sessionId,
  sender: 'user',
  agentId: null,
  epoch: null,
  clientMessageId: 'm-1',
  content: 'Where is my order?',
  inReplyTo: null,
  metadata: { page: '/orders' },
  ...more,
});
const fromAgent = (sessionId: string, agentId: string, more: Partial<PendingMessage> = {}) =>
  fromCustomer(sessionId, { sender: 'agent', agentId, ...more });

/** Columns that differ from session to session, and durations. */
const NOT_COMPARED = /^(id|user_id|session_id|assigned_agent|sender_id|first_agent_id|last_agent_id|change|.*_time)$/;

/** Everything that a message changes. Times become whether they are the newest entry's. */
async function leftBehind(sessionId: string): Promise<unknown> {
  const select = (what: string) => database.statement<Record<string, unknown>>(`SELECT * FROM ${what} = $1`, sessionId);
  const [session, analytics] = [
    await select('chat_sessions WHERE id'),
    await select('session_analytics WHERE session_id'),
  ];
  const entries = await select('messages WHERE session_id');
  const newest = Math.max(...entries.map(({ timestamp }) => Number(timestamp)));
  const comparable = (row: Record<string, unknown>) =>
    Object.entries(row)
      .filter(([column]) => !NOT_COMPARED.test(column))
      .map(([column, value]) => [column, value instanceof Date ? Number(value) === newest : value]);
  const bytes = entries.reduce((sum, { content }) => sum + Buffer.byteLength(String(content)), 0);
  expect(session.map(({ log_bytes }) => Number(log_bytes))).toEqual(session.map(() => bytes));
  return {
    rows: [session, analytics, entries].map((rows) => rows.map((row) => Object.fromEntries(comparable(row)))),
    responded: analytics.map((row) => row.first_response_time !== null),
  };
}

/** Times within one millisecond are equal. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 3));

describe('the statement for one message has the effects of the one for many:', () => {
  it.each<[string, () => Promise<PendingMessage>]>([
    ['the first word to the bot', async () => fromCustomer((await startChat()).id)],
    [
      'a message to the bot with a reply pending',
      async () => {
        const { id } = await startChat();
        accepted(await customerSays(id, 'hello?'));
        return fromCustomer(id);
      },
    ],
    [
      'a message to the bot without a reply pending',
      async () => {
        const { id, epoch } = await startChat();
        accepted(await customerSays(id, 'hello?'));
        accepted(await botSays(id, epoch, 'Hello!', 2));
        return fromCustomer(id);
      },
    ],
    [
      'a message while waiting',
      async () => {
        // Without an agent online the bot stands in.
        await agent();
        return fromCustomer((await waitingChat()).id);
      },
    ],
    [
      'a message while waiting, with no agent online',
      async () => {
        await database.statement(`UPDATE agents SET status = 'offline'`);
        const { id } = await waitingChat();
        await until(async () => {
          const [row] = await database.statement<{ stands: boolean }>(
            'SELECT stand_in_since IS NOT NULL AS stands FROM chat_sessions WHERE id = $1',
            id,
          );
          return row?.stands;
        });
        return fromCustomer(id);
      },
    ],
    ['to an agent', async () => fromCustomer((await assignedChat(await agent())).id)],
    [
      'an agent’s greeting before the customer’s first message',
      async () => {
        const ann = await agent();
        return fromAgent((await assignedChat(ann)).id, ann);
      },
    ],
    [
      'an agent’s first answer',
      async () => {
        const ann = await agent();
        const { id } = await assignedChat(ann);
        accepted(await customerSays(id, 'hello?'));
        return fromAgent(id, ann);
      },
    ],
    [
      'an agent’s second answer, with an epoch',
      async () => {
        const ann = await agent();
        const { id, epoch } = await assignedChat(ann);
        accepted(await customerSays(id, 'hello?'));
        accepted(await agentSays(id, ann, 'Hello!'));
        return fromAgent(id, ann, { epoch });
      },
    ],
    ['without an id of the client’s', async () => fromCustomer((await startChat()).id, { clientMessageId: null })],
  ])('%s', async (_what, prepare) => {
    const [byItself, among] = [await prepare(), await prepare()];
    await aMoment();
    const one = await writeOne(database, byItself);
    const [other] = await writeMany(database, [among]);
    const plain = (written: typeof one | 'locked') => ({ ...(written as object), id: '', at: '' });
    expect(one).toMatchObject({ outcome: 'stored', id: byItself.id, at: expect.any(Date) });
    expect(plain(one)).toEqual(plain(other));
    expect(await leftBehind(byItself.sessionId)).toEqual(await leftBehind(among.sessionId));
  });
});

describe('nothing is written, and nothing changed, by', () => {
  it.each<[string, () => Promise<PendingMessage>]>([
    ['a message into no chat', async () => fromCustomer(randomUUID())],
    [
      'a message into a closed session',
      async () => {
        const { id } = await startChat();
        accepted(await client.session.close({ sessionId: id, by: 'user', reason: 'done' }));
        return fromCustomer(id);
      },
    ],
    ['an agent who holds nothing', async () => fromAgent((await startChat()).id, await agent())],
    ['an agent who does not hold it', async () => fromAgent((await assignedChat(await agent())).id, await agent())],
    [
      '[C2] an agent with an earlier epoch',
      async () => {
        const ann = await agent();
        const { id, epoch } = await assignedChat(ann);
        return fromAgent(id, ann, { epoch: epoch - 1 });
      },
    ],
    [
      '[M2] a repeat',
      async () => {
        const { id } = await startChat();
        accepted(await customerSays(id, 'Where is my order?', 'm-1'));
        return fromCustomer(id);
      },
    ],
    [
      '[M2] another message with a used id',
      async () => {
        const { id } = await startChat();
        accepted(await customerSays(id, 'something else', 'm-1'));
        return fromCustomer(id);
      },
    ],
    [
      'an answer of the bot, which needs the statement for many',
      async () => {
        const { id, epoch } = await startChat();
        return fromCustomer(id, { sender: 'bot', epoch });
      },
    ],
  ])('%s', async (_what, prepare) => {
    const item = await prepare();
    const before = await leftBehind(item.sessionId);
    expect(await writeOne(database, item)).toBeUndefined();
    expect(await leftBehind(item.sessionId)).toEqual(before);
  });
});
