import { type Reply, type SessionApi, sessionApi } from '@baton/contracts';
import type { FakeCaller } from '../direct-caller.ts';

/** A session service, real or fake. */
export interface SessionUnderTest {
  session: FakeCaller<SessionApi>;
  /** What it has published about a session or an agent, as `channel: facts`, in order. */
  published: string[];
  stop(): unknown;
}

export function accepted<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(`${reply.code}: ${reply.message}`);
  return reply.value;
}
export const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.code);

/** Requests that several tests of the contract begin with. `under` is read when a test runs. */
export function createSteps(under: () => SessionUnderTest) {
  const endpoints = Object.keys(sessionApi.endpoints) as (keyof typeof sessionApi.endpoints)[];
  const session = Object.fromEntries(
    endpoints.map((key) => [key, (request: never) => under().session[key](request)]),
  ) as FakeCaller<SessionApi>;
  const newAgent = async (capacity = 5, name = 'Ann') =>
    accepted(await session.createAgent({ name, capacity })).agent.id;
  const newSession = async () => accepted(await session.create({ userId: 'user-1' })).session;
  const waiting = async (priority: 'high' | 'normal' | 'low' = 'normal') => {
    const { id } = await newSession();
    const request = { sessionId: id, cause: 'customer_requested', reason: 'a refund', priority } as const;
    return accepted(await session.transfer({ ...request, brief: { summary: 'wants money' } })).session;
  };
  const assigned = async (agentId: string) =>
    accepted(await session.assign({ sessionId: (await waiting()).id, agentId })).session;
  const get = async (sessionId: string) => accepted(await session.get({ sessionId }));
  const log = async (sessionId: string) => accepted(await session.listEntries({ sessionId })).entries;
  const says = (sessionId: string, content: string, clientMessageId?: string) =>
    session.append({
      ...{ sessionId, author: { type: 'customer' } },
      messages: [{ content, ...(clientMessageId !== undefined && { clientMessageId }) }],
    });
  const answers = (sessionId: string, epoch: number, inReplyTo: number, content = 'an answer') =>
    session.append({ sessionId, author: { type: 'bot', epoch }, messages: [{ content, inReplyTo }] });
  const resultOf = (reply: Awaited<ReturnType<typeof says>>) => accepted(reply).results[0];
  return { session, newAgent, newSession, waiting, assigned, get, log, says, answers, resultOf };
}
export type Steps = ReturnType<typeof createSteps>;
