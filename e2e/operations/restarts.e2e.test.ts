import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry, Reply } from '@baton/contracts';
import { type ServiceProcess, startSystem } from '@baton/testkit';
import { connect } from 'nats';
import { afterAll, expect, it } from 'vitest';
import { bareClient, type Received } from '../clients/bare-client.ts';

/** Messages are sent all the time, each until it is acknowledged, while one service after the other dies and returns. */
const system = await startSystem({ gateways: 2, sessions: 2, queues: 2, ais: 2, env: { DRAIN_MS: '500' } });
const nats = await connect(system.space.nats);
afterAll(() => nats.close());

async function byHand<T>(subject: string, body: unknown): Promise<T> {
  const message = await nats.request(`${system.space.subjectRoot}.${subject}`, JSON.stringify(body), {
    timeout: 15_000,
  });
  const reply = message.json<Reply<T>>();
  if (!reply.ok) throw new Error(`${subject}: ${reply.code} ${reply.message}`);
  return reply.value;
}

async function wholeLog(sessionId: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const afterSeq = entries.at(-1)?.seq ?? 0;
    const page = await byHand<{ entries: Entry[]; hasMore: boolean }>('session.listEntries', { sessionId, afterSeq });
    entries.push(...page.entries);
    if (!page.hasMore) return entries;
  }
}

/** A customer in an agent's hands, who goes on through whichever gateway is there, as a good client does. */
async function persistentCustomer(index: number) {
  const start = bareClient(system.urls[index % 2] ?? '');
  const created = (await start.ask('customer:start_chat', { userId: `persistent-${index}` })).value;
  const sessionId: string = created.session.id;
  await byHand('session.transfer', { sessionId, cause: 'customer_requested', reason: 'test' });
  const { agent } = await byHand<{ agent: { id: string } }>('session.createAgent', { name: `agent-${index}` });
  await byHand('session.assign', { sessionId, agentId: agent.id });
  start.close();

  const acknowledged: string[] = [];
  let stopped = false;
  const running = (async () => {
    let client: ReturnType<typeof bareClient> | undefined;
    for (let count = 0; !stopped; count++) {
      const clientMessageId = `message-${count}`;
      for (let attempt = 0; ; attempt++) {
        try {
          if (!client?.socket.connected) {
            client?.close();
            client = bareClient(system.urls[(index + attempt) % 2] ?? '');
            const resumed: Received = await client.ask('customer:resume_chat', {
              sessionId,
              token: created.token,
              lastSeq: 0,
            });
            if (!resumed.ok) throw new Error(resumed.code);
          }
          const sent: Received = await client.ask('customer:send_message', {
            sessionId,
            content: clientMessageId,
            clientMessageId,
          });
          if (!sent.ok) throw new Error(sent.code);
          acknowledged.push(clientMessageId);
          break;
        } catch {
          client?.close();
          await sleep(50);
        }
      }
    }
    client?.close();
  })();
  return {
    sessionId,
    acknowledged,
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

it('[M1, M2, M3, O1] no acknowledged message is lost or doubled while every service dies, drains and returns', async () => {
  const customers = await Promise.all(Array.from({ length: 6 }, (_, index) => persistentCustomer(index)));
  const total = () => customers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  const services: ServiceProcess[] = [...system.sessions, ...system.gateways, ...system.queues, ...system.ais];
  for (const [index, service] of services.entries()) {
    const before = total();
    await (index % 2 === 0 ? service.kill() : service.term());
    await sleep(300);
    await service.start();
    await expect
      .poll(total, { timeout: 10_000, message: `sends go on after the end of ${service.name}` })
      .toBeGreaterThan(before);
  }
  await Promise.all(customers.map(({ stop }) => stop()));

  for (const { sessionId, acknowledged } of customers) {
    const log = await wholeLog(sessionId);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
    const stored = log.flatMap((entry) => (entry.kind === 'message' && entry.sender === 'user' ? [entry.content] : []));
    expect(stored, 'once each, in the order in which they were sent').toEqual(acknowledged);
  }
  expect(total()).toBeGreaterThan(200);
});
