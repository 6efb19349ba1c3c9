import { get } from 'node:http';
import { info, systemHealth } from '@baton/contracts';
import { testSpace, until } from '@baton/testkit';
import { expect, it } from 'vitest';
import { startTestGateway } from '../../test/gateways.ts';
import { startSystem } from '../../test/system.ts';

const space = await testSpace();
const { services, left, client, customer } = await startSystem(space);
const health = async () => {
  const response = await fetch(`${left.url}/health`);
  return { code: response.status, health: systemHealth.parse(await response.json()) };
};

it('[O3] tells the state of every part, and 503 exactly when nobody can chat', async () => {
  expect(await health()).toMatchObject({ code: 200, health: { status: 'up' } });
  for (const part of ['queue', 'ai', 'model', 'session', 'postgres'] as const) {
    services.faults.healthDown.add(part);
    const found = await until(async () => {
      const now = await health();
      return now.health.services[part].status === 'down' && now;
    });
    const essential = part === 'session' || part === 'postgres';
    expect(found, part).toMatchObject({
      code: essential ? 503 : 200,
      health: { status: essential ? 'down' : 'degraded' },
    });
    services.faults.healthDown.clear();
    await until(async () => (await health()).health.status === 'up');
  }
});

it('looks at the parts at most once a second, however often it is asked', async () => {
  await Promise.all(Array.from({ length: 50 }, health));
  const bodies = await Promise.all(Array.from({ length: 50 }, async () => (await health()).health.timestamp));
  expect(new Set(bodies).size).toBeLessThanOrEqual(2);
});

it('says what runs here, and shows people where to look', async () => {
  const response = await fetch(`${left.url}/api/info`);
  expect(info.parse(await response.json())).toMatchObject({ name: 'baton' });
  const named = await startTestGateway(space, 'named', { CHAT_TITLE: 'Lumen', BOT_GREETING: 'Good day!' });
  expect(info.parse(await (await fetch(`${named.url}/api/info`)).json()).chat).toEqual({
    title: 'Lumen',
    greeting: 'Good day!',
  });
  await named.stop();
  const page = await fetch(left.url);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await page.text()).toContain('href="health"');
});

it('sets security headers, and knows nothing else', async () => {
  for (const path of ['/', '/health', '/api/info', '/nothing', '/../../etc/passwd', '/%00']) {
    const response = await fetch(`${left.url}${path}`);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    if (path.length > 10 && path !== '/api/info') expect(response.status).toBe(404);
  }
  expect((await fetch(`${left.url}/health`, { method: 'POST', body: 'x' })).status).toBe(405);
});

it('[O4] counts what it does', async () => {
  const ann = await customer(left);
  await ann.ask('customer:send_message', { sessionId: ann.sessionId, content: 'count me' });
  const metrics = await (await fetch(`${left.url}/metrics`)).text();
  expect(metrics).toMatch(
    /baton_socket_events_total\{event="customer:send_message",outcome="ok",service="gateway"\} \d/,
  );
  expect(metrics).toMatch(/baton_sockets\{role="customer",service="gateway"\} 1/);
  expect(metrics).toMatch(/baton_sessions_watched\{service="gateway"\} 1/);
  for (const name of ['baton_ack_seconds_bucket', 'baton_gaps_fetched_total', 'baton_sessions_compared_total'])
    expect(metrics).toContain(name);
});

it('lets pages of its own origin and of this machine in, in production only those it was told of', async () => {
  const told = {
    NODE_ENV: 'production',
    SESSION_SECRET: 'x'.repeat(40),
    AGENT_KEY: 'a'.repeat(24),
    ADMIN_KEY: 'b'.repeat(24),
  };
  const production = await startTestGateway(space, 'production', { ...told, FRONTEND_URL: 'https://shop.example' });
  try {
    const attempt = (gateway: { url: string }, origin: string, transports: string[]) => {
      const one = client(gateway, { extraHeaders: { origin }, transports });
      return new Promise<boolean>((resolve) => {
        one.socket.on('connect', () => resolve(true));
        one.socket.on('connect_error', () => resolve(false));
      });
    };
    for (const transports of [['websocket'], ['polling']]) {
      expect(await attempt(left, 'http://localhost:5173', transports)).toBe(true);
      expect(await attempt(left, 'https://evil.example', transports)).toBe(false);
      expect(await attempt(production, 'https://shop.example', transports)).toBe(true);
      expect(await attempt(production, production.url, transports)).toBe(true);
      expect(await attempt(production, 'http://localhost:5173', transports)).toBe(false);
      expect(await attempt(production, 'https://shop.example.evil.example', transports)).toBe(false);
    }
    const shared = await fetch(`${production.url}/health`, { headers: { origin: 'https://shop.example' } });
    expect(shared.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    const other = await fetch(`${production.url}/health`, { headers: { origin: 'https://evil.example' } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  } finally {
    await production.stop();
  }
});

it('[S1] answers no script tag, no other site and no foreign host name, at any request of a connection', async () => {
  const status = async (query: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${left.url}/socket.io/?EIO=4&transport=polling${query}`, { headers });
    return { status: response.status, body: await response.text() };
  };
  const opened = await status('');
  expect(opened.status).toBe(200);
  const sid = `&sid=${JSON.parse(opened.body.slice(1)).sid}`;
  const others: [string, Record<string, string>][] = [
    ['&j=0', {}],
    ['', { 'sec-fetch-site': 'cross-site' }],
    ['', { 'sec-fetch-site': 'same-site' }],
    ['', { origin: 'https://evil.example' }],
  ];
  for (const [query, headers] of others) {
    for (const of of ['', sid]) {
      const refused = await status(query + of, headers);
      expect(refused.status, JSON.stringify([query, of !== '', headers])).toBeGreaterThanOrEqual(400);
      expect(refused.body).not.toContain('sid');
    }
  }
  // Who set it up wrongly reads which setting to look at.
  expect((await status('', { origin: 'https://evil.example' })).body).toContain('FRONTEND_URL');
  // Fetch writes the Host header itself.
  const rebound = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { host: 'rebound.example' };
    get(`${left.url}/socket.io/?EIO=4&transport=polling`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
  expect(rebound).toBeGreaterThanOrEqual(400);
  // The connection itself is still there, and joins the namespace.
  const joined = await fetch(`${left.url}/socket.io/?EIO=4&transport=polling${sid}`, {
    method: 'POST',
    body: '40',
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  expect(joined.status).toBe(200);
});
