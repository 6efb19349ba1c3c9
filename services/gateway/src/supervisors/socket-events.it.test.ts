import { testSpace, until } from '@baton/testkit';
import { describe, expect, it } from 'vitest';
import { granted } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const { left, right, client, customer, agent } = await startSystem(space);

describe('a supervisor', () => {
  it('sees statistics, queue and health as acknowledgements and as events, and may clear the queue', async () => {
    const ann = await customer(left);
    granted(await ann.ask('customer:request_agent', { sessionId: ann.sessionId }));
    const supervisor = client(right);
    const stats = granted(await supervisor.ask('admin:get_stats', {}));
    expect(supervisor.of('stats:update')).toEqual([stats]);
    const debug = granted(await supervisor.ask('admin:debug_queue', {}));
    expect(supervisor.of('queue:debug_info')).toEqual([debug]);
    expect(debug.database.waiting).toContainEqual(expect.objectContaining({ sessionId: ann.sessionId }));
    const waiting = granted(await supervisor.ask('admin:list_waiting', {}));
    expect(waiting.sessions.map(({ id }) => id)).toContain(ann.sessionId);
    const eve = await agent(left);
    const { agents } = granted(await supervisor.ask('admin:list_agents', {}));
    expect(agents.map(({ id }) => id)).toContain(eve.agentId);
    const health = granted(await supervisor.ask('admin:health_check', {}));
    expect(health.status).toBe('up');
    expect(supervisor.of('health:status')[0]).toMatchObject({
      overall: 'up',
      database: { status: 'up' },
      queue: { status: 'up' },
    });
    expect(granted(await supervisor.ask('admin:clear_queue', {})).cleared).toBeGreaterThan(0);
    await until(() => ann.of('status:changed').at(-1)?.change.cause === 'queue_cleared');
  });
});
