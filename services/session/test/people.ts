import { randomUUID } from 'node:crypto';
import type { Entry, Session } from '@baton/contracts';
import { accepted, type Client } from './session-process.ts';

/** Creates the situations that tests begin from. */
export function people({ session }: Client) {
  const all = {
    async startChat(): Promise<Session> {
      return accepted(await session.create({ userId: `user-${randomUUID()}` })).session;
    },
    async waitingChat(priority: 'high' | 'normal' | 'low' = 'normal'): Promise<Session> {
      const { id } = accepted(await session.create({ userId: `user-${randomUUID()}` })).session;
      const asked = { sessionId: id, cause: 'customer_requested', reason: 'wants a human', priority } as const;
      return accepted(await session.transfer(asked)).session;
    },
    async agent(name = 'Ann', capacity?: number): Promise<string> {
      return accepted(await session.createAgent({ name, ...(capacity !== undefined && { capacity }) })).agent.id;
    },
    /** A session that is assigned to the agent. */
    async assignedChat(agentId: string): Promise<Session> {
      const { id } = await all.waitingChat();
      return accepted(await session.assign({ sessionId: id, agentId })).session;
    },
    customerSays: (sessionId: string, content: string, clientMessageId?: string) =>
      session.append({
        sessionId,
        author: { type: 'customer' },
        messages: [{ content, ...(clientMessageId !== undefined && { clientMessageId }) }],
      }),
    agentSays: (sessionId: string, agentId: string, content: string, epoch?: number) =>
      session.append({
        sessionId,
        author: { type: 'agent', agentId, ...(epoch !== undefined && { epoch }) },
        messages: [{ content }],
      }),
    botSays: (sessionId: string, epoch: number, content: string, inReplyTo?: number) =>
      session.append({
        sessionId,
        author: { type: 'bot', epoch },
        messages: [{ content, ...(inReplyTo !== undefined && { inReplyTo }) }],
      }),
    serviceSays: (sessionId: string, content: string, more: { epoch?: number; clientMessageId?: string } = {}) => {
      const { epoch, ...message } = more;
      return session.append({
        sessionId,
        author: { type: 'system', ...(epoch !== undefined && { epoch }) },
        messages: [{ content, ...message }],
      });
    },
    /** The whole log, page by page. */
    async log(sessionId: string): Promise<Entry[]> {
      const entries: Entry[] = [];
      for (let more = true; more; ) {
        const page = accepted(await session.listEntries({ sessionId, afterSeq: entries.length }));
        entries.push(...page.entries);
        more = page.hasMore;
      }
      return entries;
    },
  };
  return all;
}
