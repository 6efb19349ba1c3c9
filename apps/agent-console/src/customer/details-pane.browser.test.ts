import { createHmac } from 'node:crypto';
import { startSystem } from '@baton/testkit';
import { launchBrowser } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';
import { goOnline } from '../../test/console-page.ts';

const AUDIENCE = 'https://chat.example';
const SECRET = 's'.repeat(32);
const system = await startSystem({
  envOf: { gateway: { CUSTOMER_JWT_SECRETS: `site:${SECRET}`, CUSTOMER_JWT_AUDIENCE: AUDIENCE } },
});
const url = system.urls[0] ?? '';
const browser = await launchBrowser();
const sockets: WebSocket[] = [];
afterAll(async () => {
  for (const socket of sockets) socket.close();
  await browser.close();
});

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
function signed(claims: object): string {
  const exp = Math.floor(Date.now() / 1_000) + 600;
  const content = `${base64({ alg: 'HS256' })}.${base64({ aud: AUDIENCE, exp, ...claims })}`;
  return `${content}.${createHmac('sha256', SECRET).update(content).digest('base64url')}`;
}
/** A customer with a token of the site, over a bare connection: the SDK does not take one. Waits for an agent. */
async function verifiedCustomer(claims: object, page: object): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  sockets.push(socket);
  const send = (event: string, payload: object) => socket.send(`42${JSON.stringify([event, payload])}`);
  await new Promise<void>((resolve) => {
    socket.onmessage = ({ data }) => {
      const packet = String(data);
      if (packet.startsWith('0')) socket.send(`40${JSON.stringify({ customerToken: signed(claims) })}`);
      if (packet === '2') socket.send('3');
      if (packet.startsWith('40')) send('customer:start_chat', { userId: 'of the page', ...page });
      if (!packet.startsWith('42["session:created"')) return;
      const [, { sessionId }] = JSON.parse(packet.slice(2)) as [string, { sessionId: string }];
      send('customer:request_agent', { sessionId });
      resolve();
    };
  });
}

it('[S1] shows what the site has signed apart from what the page says, the context for the bot included', async () => {
  const eve = await goOnline(browser, url, 'Eve');
  const { page } = eve;
  const details = page.getByRole('region', { name: 'Customer details' });
  const below = (title: string) => details.locator('.facts', { has: page.getByRole('heading', { name: title }) });
  const site = { email: 'ada@example.com', metadata: { plan: 'gold' }, botContext: { tier: 'signed tier' } };
  const ofPage = { metadata: { plan: 'claimed plan' }, botContext: { tier: 'claimed tier' } };
  await verifiedCustomer({ sub: 'ada', name: 'Ada Lovelace', ...site }, ofPage);
  await eve.takeNext('Ada Lovelace');
  await below('Verified bot context').getByText('signed tier').waitFor();
  expect(await below('Verified details').textContent()).toContain('gold');
  expect(await below('Bot context, not verified').textContent()).toContain('claimed tier');
  for (const title of ['Verified details', 'Verified bot context'])
    expect(await below(title).textContent()).not.toContain('claimed');

  await verifiedCustomer({ sub: 'ben', name: 'Ben Signed', botContext: 'Speak of the weather.' }, {});
  await eve.takeNext('Ben Signed');
  await below('Verified bot context').getByText('Speak of the weather.').waitFor();
  await eve.close();
});
