import { describe, expect, it } from 'vitest';
import { agentWorld } from '../../test/agent-world.ts';
import { chatWorld } from '../../test/chat-world.ts';
import { manualClock } from '../../test/manual-clock.ts';
import { manualNetwork } from '../../test/manual-network.ts';
import { createChat, createSupervisorClient, memoryStorage } from '../index.ts';

const HOUR = 3_600_000;

describe('the time of the server', () => {
  it('is known from the first connection on, whatever our own clock says, and anew with each', async () => {
    const { time, page, flow, network, baton } = agentWorld();
    let ahead = -5 * HOUR;
    baton.server.connected = (end) =>
      end.emit({ event: 'server:time', payload: { now: new Date(time.clock.now() + ahead).toISOString() } });
    const { client, line } = page();
    void client.join();
    expect(client.now(), 'our own, until then').toBe(time.clock.now());
    await flow(line);
    expect(client.now() - time.clock.now()).toBe(-5 * HOUR);
    await time.pass(1_000);
    expect(client.now() - time.clock.now()).toBe(-5 * HOUR);
    // Somebody has set our clock right meanwhile.
    line.down();
    ahead = 0;
    await flow(line);
    await network.deliver();
    expect(client.now()).toBe(time.clock.now());
  });

  it('is the same for chats and operators, and our own with a server that does not tell', async () => {
    const world = chatWorld();
    const { chat } = await world.open();
    expect(chat.now()).toBe(world.time.clock.now());
    const time = manualClock();
    const network = manualNetwork(time.clock, {
      ...world.baton.server,
      connected: (end) => end.emit({ event: 'server:time', payload: { now: '2026-03-02T12:00:00.000Z' } }),
    });
    const [one, two] = [network.line(), network.line()];
    const told = createChat({ userId: 'eve', storage: memoryStorage(), transport: one.transport, clock: time.clock });
    const supervisor = createSupervisorClient({ transport: two.transport, clock: time.clock });
    void told.start();
    void supervisor.stats();
    one.up();
    two.up();
    await network.deliver();
    for (const { now } of [told, supervisor]) expect(now()).toBe(Date.parse('2026-03-02T12:00:00.000Z'));
  });
});
