import { setTimeout as pause } from 'node:timers/promises';
import { testSpace, until } from '@baton/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { type GatewayProcess, spawnGateway } from '../../test/gateway-process.ts';
import { granted, type TestClient } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';
import { AWAY_AFTER_MS } from './customer-connection.ts';

const space = await testSpace();
const { left, right, client, customer, agent, give } = await startSystem(space);
let spawned: GatewayProcess | undefined;
afterAll(async () => {
  spawned?.signal('SIGKILL');
  await spawned?.exited;
});

const told = (one: Pick<TestClient, 'of'>) => one.of('customer:presence').map(({ present }) => present);

describe('[M6] an agent is told whether the customer is there', () => {
  it('when it leaves and when it comes back, on whichever gateways both are', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    const { sessionId, token } = ann;
    give(sessionId, eve.agentId);
    await until(() => told(eve).length === 1);
    expect(eve.of('customer:presence')).toEqual([{ sessionId, present: true }]);

    ann.close();
    await until(() => told(eve).at(-1) === false);
    const back = client(left);
    granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 0 }));
    await until(() => told(eve).at(-1) === true, { within: 1_000 });
    expect(told(eve)).toEqual([true, false, true]);
    for (const one of [ann, back]) expect(one.of('customer:presence')).toEqual([]);
  });

  it('but not of a page that goes while another is there, nor of a reload', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    const { sessionId, token } = ann;
    give(sessionId, eve.agentId);
    await until(() => told(eve).length === 1);
    const second = client(right);
    granted(await second.ask('customer:resume_chat', { sessionId, token, lastSeq: 0 }));
    ann.close();
    await pause(AWAY_AFTER_MS + 500);
    second.close();
    await pause(AWAY_AFTER_MS / 3);
    const reloaded = client(left);
    granted(await reloaded.ask('customer:resume_chat', { sessionId, token, lastSeq: 0 }));
    await pause(AWAY_AFTER_MS + 500);
    expect(told(eve)).toEqual([true]);
  });

  it('also who is given the chat, or comes back to it, after the customer has left', async () => {
    const ann = await customer(left);
    const eve = await agent(right);
    ann.close();
    await until(() => ann.socket.disconnected);
    give(ann.sessionId, eve.agentId);
    await until(() => told(eve).length === 1);
    const again = client(left);
    granted(await again.ask('agent:resume', { agentId: eve.agentId, token: eve.token }));
    await until(() => told(again).length === 1);
    expect([told(eve), told(again)]).toEqual([[false], [false]]);
  });

  it("when the customer's gateway is killed, which tells nobody, and by the one that the customer comes to then", async () => {
    spawned = spawnGateway(space);
    const ann = await customer(await spawned.up());
    const eve = await agent(right);
    const { sessionId, token } = ann;
    give(sessionId, eve.agentId);
    await until(() => told(eve).length === 1);
    spawned.signal('SIGKILL');
    await until(() => told(eve).at(-1) === false);
    granted(await client(right).ask('customer:resume_chat', { sessionId, token, lastSeq: 0 }));
    await until(() => told(eve).at(-1) === true, { within: 1_000 });
    expect(told(eve)).toEqual([true, false, true]);
  });
});
