import { channels } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type GatewayProcess, spawnGateway } from '../test/gateway-process.ts';
import { granted } from '../test/gateways.ts';
import { startSystem } from '../test/system.ts';

const space = await testSpace();
const { services, right, client, customer, agent, give } = await startSystem(space);
const running: GatewayProcess[] = [];
const start = (env: Record<string, string> = {}) => {
  const one = spawnGateway(space, env);
  running.push(one);
  return one;
};
afterEach(async () => {
  for (const one of running.splice(0)) {
    one.signal('SIGKILL');
    await one.exited;
  }
});

it('[S5] its log has no text, token or key, at any level, and every line says who speaks', async () => {
  const gateway = start({
    AGENT_KEY: 'agent-key-0451',
    ADMIN_KEY: 'admin-key-0451',
    SESSION_SECRET: 'signed-with-0451',
  });
  const here = await gateway.up();
  const ann = await customer(here);
  const eve = client(here, { auth: { key: 'agent-key-0451' } });
  const { agentId, token } = granted(await eve.ask('agent:join', { name: 'Eve' }));
  const { sessionId } = ann;
  give(sessionId, agentId);
  await until(() => eve.of('session:assigned').length === 1);
  granted(await ann.ask('customer:send_message', { sessionId, content: 'my number is 0451' }));
  granted(await eve.ask('agent:send_message', { sessionId, content: 'so you are 0451' }));
  granted(await eve.ask('agent:add_note', { sessionId, content: 'note 0451' }));
  await ann.ask('customer:send_message', { sessionId: '0451', content: 'my number is 0451' });
  ann.socket.emit('customer:send_message', { sessionId, content: '0451'.repeat(10_000) });
  ann.socket.emit('0451', { content: '0451' });
  services.bus.publish(channels.live.entry, { session: sessionId }, { entries: [{ content: '0451' }, null] } as never);
  await client(here).ask('customer:resume_chat', { sessionId, token: `${ann.token}0451`, lastSeq: 0 });
  granted(await client(here).ask('customer:resume_chat', { sessionId, token: ann.token, lastSeq: 0 }));
  granted(await ann.ask('customer:end_chat', { sessionId, reason: 'reason 0451' }));
  await until(() => ann.of('session:closed').length === 1);
  gateway.signal('SIGTERM');
  expect(await gateway.exited).toBe(0);

  const written = gateway.output();
  expect(gateway.lines().length).toBeGreaterThan(15);
  for (const line of gateway.lines())
    expect(line).toMatchObject({ service: 'gateway', instance: expect.stringMatching(/^gateway-/) });
  for (const secret of ['0451', ann.token, token]) expect(written).not.toContain(secret);
  expect(gateway.lines().filter(({ level }) => level === 'error')).toMatchObject([
    { msg: 'a message does not fit its channel; it is skipped', sessionId },
  ]);
});

it('[S3] [S6] writes a line for each of those who send too much, not for each thing they send', async () => {
  const gateway = start({ LOG_LEVEL: 'info', EVENT_RATE: '1', EVENT_BURST: '50' });
  const { url } = await gateway.up();
  const senders = 26;
  await Promise.all(
    Array.from({ length: senders }, async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
      socket.onmessage = ({ data }) => {
        if (!String(data).startsWith('40')) return;
        for (let n = 0; n < 2_000; n++) socket.send('42["typing",{}]');
      };
      socket.onopen = () => socket.send('40');
      await new Promise((resolve) => {
        socket.onclose = resolve;
      });
    }),
  );
  gateway.signal('SIGTERM');
  expect(await gateway.exited).toBe(0);
  const cut = gateway.lines().filter(({ msg }) => String(msg).startsWith('cut'));
  expect(cut.length).toBeGreaterThan(0);
  // One for each connection, one for their address, and what came beyond is counted once for each kind.
  expect(cut.length).toBeLessThanOrEqual(senders + 1 + 2);
});

describe('[O1] a stop by SIGTERM', () => {
  it('answers what is in flight, lets clients come back by themselves elsewhere, and leaves with nothing lost', async () => {
    const gateway = start({ DRAIN_MS: '500' });
    const here = await gateway.up();
    const customers = await Promise.all(Array.from({ length: 8 }, () => customer(here)));
    const reasons: string[] = [];
    for (const one of customers) one.socket.on('disconnect', (reason) => reasons.push(reason));

    services.faults.appendAnswersLateMs = 1_000;
    const sending = customers.map((one) =>
      one.ask('customer:send_message', { sessionId: one.sessionId, content: 'in flight' }),
    );
    await until(() => services.appends.length >= customers.length);
    gateway.signal('SIGTERM');
    const replies = await Promise.all(sending);
    expect(replies.map(({ ok }) => ok)).toEqual(customers.map(() => true));
    await until(() => reasons.length === customers.length);
    // With this reason a client of the library connects again by itself; "io server disconnect" would tell it not to.
    expect(new Set(reasons)).toEqual(new Set(['transport close']));
    for (const one of customers) expect(one.of('server:draining')).toEqual([{ withinMs: 500 }]);
    expect(await gateway.exited).toBe(0);
    expect(gateway.lines().at(-1)).toMatchObject({ msg: 'stopped' });
    expect(gateway.lines().filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);

    for (const { sessionId, token } of customers) {
      const back = client(right);
      granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 1 }));
      await until(() => back.seqs(sessionId).length === 1);
    }
  });

  it('takes no new connections meanwhile, and says so in its health', async () => {
    const gateway = start({ DRAIN_MS: '1000' });
    const here = await gateway.up();
    const eve = await agent(here);
    gateway.signal('SIGTERM');
    await until(() => eve.of('server:draining').length === 1);
    await expect(fetch(`${here.url}/live`)).rejects.toThrow();
    expect(await gateway.exited).toBe(0);
    const back = client(right);
    granted(await back.ask('agent:resume', { agentId: eve.agentId, token: eve.token }));
  });
});

it('killed at any moment, it takes nothing with it', async () => {
  const gateway = start();
  const here = await gateway.up();
  const ann = await customer(here);
  const { sessionId, token } = ann;
  granted(await ann.ask('customer:send_message', { sessionId, content: 'acknowledged' }));
  const unknown = ann.ask('customer:send_message', { sessionId, content: 'unknown', clientMessageId: 'the id' });
  gateway.signal('SIGKILL');
  await unknown.catch(() => {});
  const back = client(right);
  granted(await back.ask('customer:resume_chat', { sessionId, token, lastSeq: 1 }));
  granted(await back.ask('customer:send_message', { sessionId, content: 'unknown', clientMessageId: 'the id' }));
  await until(() => back.seqs(sessionId).length === 2);
  expect(back.of('message:received').map(({ content }) => content)).toEqual(['acknowledged', 'unknown']);
});

describe('a start that cannot be', () => {
  const inProduction = {
    NODE_ENV: 'production',
    AGENT_KEY: 'a'.repeat(24),
    ADMIN_KEY: 'b'.repeat(24),
    SESSION_SECRET: 'x'.repeat(32),
  };
  it.each([
    ['SESSION_SECRET', { ...inProduction, SESSION_SECRET: '' }],
    ['SESSION_SECRET', { ...inProduction, SESSION_SECRET: 'short' }],
    ['AGENT_KEY', { ...inProduction, AGENT_KEY: '' }],
    ['AGENT_KEY', { ...inProduction, AGENT_KEY: 'a' }],
    ['AGENT_KEY', { ...inProduction, AGENT_KEY: 'a'.repeat(23) }],
    ['ADMIN_KEY', { ...inProduction, ADMIN_KEY: '' }],
    ['ADMIN_KEY', { ...inProduction, ADMIN_KEY: 'b'.repeat(23) }],
    ['ADMIN_KEY', { ...inProduction, ADMIN_KEY: inProduction.AGENT_KEY }],
    ['PORT', { PORT: 'eighty' }],
    ['FRONTEND_URL', { FRONTEND_URL: 'example.com' }],
    ['REDIS_URL', { REDIS_URL: 'http://localhost' }],
  ])('is one line that names %s', async (variable, env) => {
    const gateway = start(env);
    expect(await gateway.exited).toBe(78);
    expect(gateway.errors()).toMatch(new RegExp(`^gateway cannot start: ${variable}: .*[.]\n$`));
    expect(gateway.output()).toBe('');
  });

  it('says which port is taken', async () => {
    const gateway = start({ PORT: new URL(right.url).port });
    expect(await gateway.exited).toBe(1);
    expect(gateway.lines().some(({ err }) => JSON.stringify(err ?? '').includes('PORT: port'))).toBe(true);
  });
});
