import { randomUUID } from 'node:crypto';
import type { StartPairs } from './protocol.ts';
import { connectSocket, type LoadSocket } from './socket.ts';

/** A customer in an agent's hands. */
export interface Pair {
  sessionId: string;
  customer: LoadSocket;
}

/** Chats opened at the same time. */
const AT_ONCE = 25;

/**
 * Connects agents and customers, and has each customer picked up by an agent, on the same gateway or on another as
 * ordered. `arrived` is told the client's id of every message that reaches the agent it is for.
 */
export async function startPairs(order: StartPairs, arrived: (clientMessageId: string) => void): Promise<Pair[]> {
  const { urls, together, customers, perAgent } = order;
  const url = (index: number) => urls[index % urls.length] ?? '';
  const numbers = Array.from({ length: customers }, (_, index) => index);
  const agentCount = Math.ceil(customers / perAgent);

  const opened = await inTurns(AT_ONCE, numbers, async (index) => {
    // Agent n holds the customers n × perAgent and following.
    const customer = await connectSocket(url(Math.floor(index / perAgent)));
    const { session } = await customer.ask('customer:start_chat', {
      userId: `customer-${index}`,
      startId: randomUUID(),
    });
    const sessionId: string = session.id;
    await customer.ask('customer:request_agent', { sessionId, reason: 'measuring' });
    return { sessionId, customer };
  });
  await inTurns(
    AT_ONCE,
    Array.from({ length: agentCount }, (_, index) => index),
    async (index) => {
      const agent = await connectSocket(url(together ? index : index + 1));
      agent.onEvent = (event, payload) => {
        if (event !== 'message:received') return;
        const { clientMessageId } = payload as { clientMessageId?: string };
        if (clientMessageId !== undefined) arrived(clientMessageId);
      };
      await agent.ask('agent:join', { name: `Agent ${index}`, capacity: perAgent });
      for (const { sessionId } of opened.slice(index * perAgent, (index + 1) * perAgent))
        await agent.ask('agent:pickup_session', { sessionId });
    },
  );
  return opened;
}

/** Does something with each, at most so many at once, and keeps the order of the results. */
export async function inTurns<Item, Result>(
  atOnce: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
