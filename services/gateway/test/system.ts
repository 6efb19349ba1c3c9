import type { TestSpace } from '@baton/testkit';
import { afterAll, afterEach } from 'vitest';
import { startFakeServices } from './fake-services.ts';
import { createClient, granted, startTestGateway, type TestClient } from './gateways.ts';

/** Two gateways in front of one model of the other services. Ends with the test file; its clients with each test. */
export async function startSystem(space: TestSpace, env: Record<string, string> = {}, { older = false } = {}) {
  const services = await startFakeServices({ ...space, older });
  const left = await startTestGateway(space, 'left', env);
  const right = await startTestGateway(space, 'right', env);
  const clients: TestClient[] = [];

  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    services.noFaults();
  });
  afterAll(async () => {
    await Promise.all([left.stop(), right.stop()]);
    await services.stop();
  });

  const client = (gateway: { url: string } = left, options?: Parameters<typeof createClient>[1]) => {
    const one = createClient(gateway.url, options);
    clients.push(one);
    return one;
  };
  return {
    services,
    left,
    right,
    client,
    /** A customer with a session of its own. */
    async customer(gateway: { url: string } = left) {
      const one = client(gateway);
      const { session, token } = granted(await one.ask('customer:start_chat', { userId: 'customer' }));
      return { ...one, sessionId: session.id, token };
    },
    async agent(gateway: { url: string } = left, name = 'Eve') {
      const one = client(gateway);
      const { agentId, token } = granted(await one.ask('agent:join', { name }));
      return { ...one, agentId, token };
    },
    /** Assigns the session to the agent, without a claim. */
    give(sessionId: string, agentId: string) {
      const found = services.session.record(sessionId);
      if (found.session.status === 'bot') services.handOff(found, 'normal', 'a test');
      const origin = { cause: 'agent_assigned', by: 'agent' } as const;
      const refusal = services.session.control.assign(found, agentId, 'agentId', origin);
      if (refusal) throw new Error(refusal.message);
      return found;
    },
  };
}
