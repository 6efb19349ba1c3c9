import { accept, type ClientEventName, refuse } from '@baton/contracts';
import { expect, it } from 'vitest';
import { manualClock, settled } from '../../test/manual-clock.ts';
import { manualNetwork } from '../../test/manual-network.ts';
import { createSupervisorClient } from '../index.ts';

function watching() {
  const time = manualClock();
  const asked: ClientEventName[] = [];
  let reply: (event: ClientEventName) => ReturnType<typeof accept> | ReturnType<typeof refuse> = () => accept({});
  const network = manualNetwork(time.clock, {
    connected: () => {},
    gone: () => {},
    answer: (_, event) => {
      asked.push(event);
      return reply(event);
    },
  });
  const line = network.line();
  const supervisor = createSupervisorClient({ transport: line.transport, clock: time.clock });
  return {
    time,
    asked,
    network,
    line,
    supervisor,
    answer(next: typeof reply) {
      reply = next;
    },
  };
}

it('asks nothing by itself; once asked, keeps the newest answer', async () => {
  const { line, network, supervisor, asked, answer } = watching();
  line.up();
  expect(line.isUp).toBe(false);
  answer(() => accept({ agents: [], hasMore: false }));
  const agents = supervisor.agents();
  line.up();
  await network.deliver();
  expect(await agents).toEqual({ ok: true, value: [] });
  expect(supervisor.state).toMatchObject({ connection: 'online', agents: [], stats: null, problem: null });
  expect(asked).toEqual(['admin:list_agents']);
});

it('a refusal is kept until the next answer', async () => {
  const { line, network, supervisor, answer } = watching();
  answer(() => refuse('UNAUTHENTICATED', 'The key for operators is missing or wrong.'));
  const first = supervisor.stats();
  line.up();
  await network.deliver();
  expect(await first).toMatchObject({ ok: false, code: 'UNAUTHENTICATED' });
  expect(supervisor.state.problem).toMatchObject({ code: 'UNAUTHENTICATED' });
  answer(() => accept({ cleared: 2 }));
  const cleared = supervisor.clearQueue();
  await network.deliver();
  expect(await cleared).toMatchObject({ ok: true, value: { cleared: 2 } });
  expect(supervisor.state.problem).toBeNull();
});

it('polls until it is stopped, not faster than answers come, and goes on after a lost connection', async () => {
  const { line, network, supervisor, asked, time } = watching();
  const stop = supervisor.poll(['stats', 'waiting'], 1_000);
  line.up();
  await network.deliver();
  expect(asked).toEqual(['admin:get_stats', 'admin:list_waiting']);
  await time.pass(1_000);
  await time.pass(3_000);
  expect(asked).toHaveLength(2);
  await network.deliver();
  expect(asked).toHaveLength(4);
  line.down();
  await time.pass(20_000);
  expect(supervisor.state).toMatchObject({ connection: 'offline', problem: { code: 'UNAVAILABLE' } });
  line.up();
  await time.pass(2_000);
  await network.deliver();
  expect(asked.length).toBeGreaterThan(4);
  stop();
  await network.deliver();
  const before = asked.length;
  await time.pass(10_000);
  await network.deliver();
  expect(asked).toHaveLength(before);
  supervisor.close();
  await time.pass(20);
  expect(time.pending).toBe(0);
});

it('shows the queue right after it was cleared, and no older answer that comes behind', async () => {
  const { line, network, supervisor, asked, answer, time } = watching();
  const view = (total: number) => ({ sessions: [], total, timestamp: '2026-01-01T00:00:00.000Z' });
  let total = 3;
  answer((event) => accept(event === 'admin:list_waiting' ? view(total) : { cleared: 3 }));
  const first = supervisor.waiting();
  line.up();
  await network.deliver();
  await first;
  expect(supervisor.state.waiting?.total).toBe(3);
  const old = supervisor.waiting();
  await settled();
  const oldFrames = line.frames.splice(0);
  expect(oldFrames).toHaveLength(1);
  total = 0;
  const cleared = supervisor.clearQueue();
  await network.deliver();
  await network.deliver();
  expect(await cleared).toMatchObject({ ok: true });
  expect(supervisor.state.waiting?.total).toBe(0);
  expect(asked).not.toContain('admin:debug_queue');
  total = 3;
  for (const frame of oldFrames) frame.deliver();
  await network.deliver();
  await old;
  await time.pass(20);
  expect(supervisor.state.waiting?.total).toBe(0);
});
