import { connect, type Socket } from 'node:net';
import { testSpace, until } from '@baton/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient, granted, startTestGateway, type TestClient, type TestGateway } from '../../../test/gateways.ts';
import { startSystem } from '../../../test/system.ts';

const space = await testSpace();
await startSystem(space);
const gateways: TestGateway[] = [];
const clients: TestClient[] = [];
const wires: Socket[] = [];
afterEach(async () => {
  for (const one of clients.splice(0)) one.close();
  for (const one of wires.splice(0)) one.destroy();
  for (const one of gateways.splice(0)) await one.stop();
});

async function start(env: Record<string, string>): Promise<TestGateway> {
  const one = await startTestGateway(space, `room-${gateways.length}`, env);
  gateways.push(one);
  return one;
}
/** A client of this address, as the proxy in front names it; it says whether it was let in, or why not. */
function arrive(gateway: TestGateway, address: string, transport = 'websocket') {
  const one = createClient(gateway.url, { transports: [transport], extraHeaders: { 'x-forwarded-for': address } });
  clients.push(one);
  const said = new Promise<string>((resolve) => {
    one.socket.on('connect', () => resolve('in'));
    one.socket.on('connect_error', (error) => resolve(error.message));
  });
  return { ...one, said };
}
/** A bare connection from an address of this machine, and what became of it. */
function wireTo(gateway: TestGateway, localAddress: string, text = '') {
  const { port } = new URL(gateway.url);
  const wire = connect({ port: Number(port), host: '127.0.0.1', localAddress }, () => wire.write(text));
  wires.push(wire);
  const seen = { closed: false, text: '' };
  wire.on('data', (data) => {
    seen.text += data.toString();
  });
  wire.on('error', () => {});
  wire.on('close', () => {
    seen.closed = true;
  });
  return seen;
}
const counted = (said: string[]) => said.filter((one) => one === 'in').length;

describe('[S3] [S6] connections', () => {
  it.each(['websocket', 'polling'])(
    'of one address are so many at once (%s), whatever other addresses do',
    async (transport) => {
      const gateway = await start({ TRUSTED_PROXIES: '1', ADDRESS_CONNECTIONS: '10' });
      const crowd = Array.from({ length: 30 }, () => arrive(gateway, '192.0.2.1', transport));
      expect(counted(await Promise.all(crowd.map(({ said }) => said)))).toBe(10);
      expect(await arrive(gateway, '192.0.2.2', transport).said).toBe('in');
      const last = crowd.find(({ socket }) => socket.connected);
      last?.close();
      await until(async () => (await arrive(gateway, '192.0.2.1', transport).said) === 'in');
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      expect(metrics).toMatch(/baton_connections_refused_total\{[^}]*\} 2\d/);
    },
  );

  it('are so many in all; trusted networks have no limit', async () => {
    const gateway = await start({
      TRUSTED_PROXIES: '1',
      ADDRESS_CONNECTIONS: '10',
      MAX_CONNECTIONS: '20',
      TRUSTED_NETWORKS: '198.51.100.0/24',
      ADDRESS_BURST: '50',
    });
    const said = await Promise.all(
      Array.from({ length: 40 }, (_, n) => arrive(gateway, `192.0.2.${n + 1}`, 'websocket').said),
    );
    expect(counted(said)).toBe(20);
    const office = Array.from({ length: 60 }, () => arrive(gateway, '198.51.100.7').said);
    expect(counted(await Promise.all(office))).toBe(60);
  });

  it('that never become one give their place back', async () => {
    const gateway = await start({ TRUSTED_PROXIES: '1', ADDRESS_CONNECTIONS: '5' });
    for (let n = 0; n < 20; n++) {
      const headers = { 'x-forwarded-for': '192.0.2.1' };
      await (await fetch(`${gateway.url}/socket.io/?EIO=3&transport=polling`, { headers })).text();
    }
    await until(async () => (await arrive(gateway, '192.0.2.1').said) === 'in', { every: 500 });
  });

  it('that send nothing, or half a request, are so many at once, and not for long', async () => {
    const gateway = await start({ ADDRESS_CONNECTIONS: '20' });
    const half = 'GET /live HTTP/1.1\r\nhost: localhost\r\n';
    const body = 'POST /socket.io/ HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\nx';
    const begun = Date.now();
    const crowd = [half, body, ''].flatMap((text) =>
      Array.from({ length: 40 }, () => wireTo(gateway, '127.0.0.2', text)),
    );
    await until(() => crowd.filter(({ closed }) => closed).length === 120 - 2 * 20);
    // Everybody else is answered meanwhile.
    const witness = wireTo(gateway, '127.0.0.3', `${half}\r\n`);
    await until(() => witness.text.startsWith('HTTP/1.1 204'));
    const stillOpen = () => crowd.filter(({ closed }) => !closed).length;
    await until(() => stillOpen() === 0, { within: 30_000 });
    expect(Date.now() - begun).toBeLessThan(20_000);
  });

  it('of a proxy have room for everybody; a request of one customer that does not end takes none from others', async () => {
    const gateway = await start({ TRUSTED_PROXIES: '1', ADDRESS_CONNECTIONS: '20' });
    const slow = (address: string) =>
      `POST /socket.io/ HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: ${address}\r\ncontent-length: 9\r\n\r\nx`;
    const crowd = Array.from({ length: 100 }, () => wireTo(gateway, '127.0.0.2', slow('192.0.2.1')));
    await until(() => crowd.filter(({ text }) => text.startsWith('HTTP/1.1 503')).length === 60);
    const response = await fetch(`${gateway.url}/live`, { headers: { 'x-forwarded-for': '192.0.2.2' } });
    expect(response.status).toBe(204);
  });

  it('[S6] without a chat end after a time; those with one, and agents, stay', async () => {
    const gateway = await start({ IDLE_SECONDS: '1' });
    const idle = arrive(gateway, '192.0.2.1');
    const polling = arrive(gateway, '192.0.2.1', 'polling');
    const ann = arrive(gateway, '192.0.2.1');
    const eve = arrive(gateway, '192.0.2.1');
    granted(await ann.ask('customer:start_chat', { userId: 'ann' }));
    granted(await eve.ask('agent:join', { name: 'Eve' }));
    // Joined once, and left: nothing of Socket.IO is there any more.
    const left = new WebSocket(`${gateway.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    left.onopen = () => left.send('40');
    left.onmessage = ({ data }) => String(data).startsWith('40') && left.send('41');
    const closed = new Promise((resolve) => {
      left.onclose = resolve;
    });
    await Promise.all([idle.said, polling.said]);
    await closed;
    await until(() => idle.socket.disconnected && polling.socket.disconnected);
    expect([ann.socket.connected, eve.socket.connected]).toEqual([true, true]);
  });
});

describe('[S6] text that is stored in a day', () => {
  it('is so much for a chat, and another is not concerned', async () => {
    const gateway = await start({ CUSTOMER_BYTES_DAY: '65536' });
    const ann = arrive(gateway, '192.0.2.1');
    const { session } = granted(await ann.ask('customer:start_chat', { userId: 'ann' }));
    const say = (sessionId: string, content: string) =>
      ann.ask('customer:send_message', { sessionId, content }).then((reply) => (reply.ok ? 'ok' : reply.code));
    const words = '語'.repeat(5_000);
    const codes = [];
    for (let n = 0; n < 6; n++) codes.push(await say(session.id, words));
    expect(codes).toEqual(['ok', 'ok', 'ok', 'ok', 'RATE_LIMITED', 'RATE_LIMITED']);
    const other = granted(await ann.ask('customer:start_chat', { userId: 'ann' }));
    expect(await say(other.session.id, words)).toBe('ok');
  });

  it('is so much for an address, with all of its chats and whatever else is stored', async () => {
    const gateway = await start({ TRUSTED_PROXIES: '1', ADDRESS_BYTES_DAY: '100000' });
    const starts = async (address: string) => {
      const reply = await arrive(gateway, address).ask('customer:start_chat', {
        userId: 'ann',
        metadata: { text: 'x'.repeat(10_000) },
      });
      return reply.ok ? 'ok' : reply.code;
    };
    const codes = [];
    for (let n = 0; n < 10; n++) codes.push(await starts('192.0.2.1'));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(8);
    expect(codes.at(-1)).toBe('RATE_LIMITED');
    expect(await starts('192.0.2.2')).toBe('ok');
  });
});
