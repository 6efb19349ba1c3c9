import { createAgentClient, createChat, memoryStorage } from '@baton/client';
import { startSystem } from '@baton/testkit';
import { launchBrowser, openPage, startPathProxy, startStaticServer, until } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';
import { chatOn } from '../../test/chat-page.ts';

const PATH = '/support/';
const system = await startSystem({ envOf: { gateway: { BASE_PATH: PATH } } });
const target = system.urls[0] ?? '';
const proxies = {
  'passes paths on as they are': await startPathProxy({ target, path: PATH, strips: false }),
  'takes its path away': await startPathProxy({ target, path: PATH, strips: true }),
};
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await Promise.all(Object.values(proxies).map(({ close }) => close()));
});
const names = Object.keys(proxies) as (keyof typeof proxies)[];

it.each(names)('pages, widget, API and sockets work below a path, behind a proxy that %s', async (name) => {
  await using stack = new AsyncDisposableStack();
  const site = proxies[name].origin + PATH;
  const { page, complaints, close } = await openPage(browser, {
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
  });
  stack.defer(close);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url()));
  await page.goto(site);
  const chat = chatOn(page);
  await chat.write('When are you open?');
  await page.locator('[role="log"] .row-bot').first().waitFor();

  await page.goto(`${site}agent`);
  await page.getByLabel('Your name').fill(`Grace ${name}`);
  await page.getByRole('button', { name: 'Go online' }).click();
  await page.getByRole('heading', { name: 'Queue', exact: true }).waitFor();
  await page.getByRole('link', { name: 'Supervisor' }).click();
  await page.waitForURL(`${site}admin`);
  await page.getByText(`Grace ${name}`).first().waitFor();
  expect(asked.filter((url) => !new URL(url).pathname.startsWith(PATH))).toEqual([]);
  expect(asked.some((url) => url.startsWith('ws:') && url.includes(`${PATH}socket.io/`))).toBe(true);
  expect(complaints).toEqual([]);

  const host = await startStaticServer({
    texts: {
      '/': `<!doctype html><html lang="en"><title>A shop</title><body><h1>A shop</h1><script src="${site}widget.js"></script></body></html>`,
    },
    headers: {},
  });
  stack.defer(host.close);
  await page.goto(host.url);
  await page.getByRole('button', { name: 'Open the chat' }).click();
  const framed = chatOn(page.frameLocator('baton-chat iframe'));
  await framed.write('And by the widget');
  await framed.row('And by the widget').waitFor();
});

it.each(names)('the SDK finds a gateway below a path, behind a proxy that %s', async (name) => {
  await using stack = new AsyncDisposableStack();
  const url = proxies[name].origin + PATH;
  // With the slash at the end or without.
  const chat = createChat({ url: url.slice(0, -1), userId: 'ada', storage: memoryStorage() });
  stack.defer(() => chat.close());
  expect(await chat.start()).toMatchObject({ ok: true });
  const agentClient = createAgentClient({ url, name: 'Ida', storage: memoryStorage() });
  stack.defer(() => agentClient.leave());
  expect(await agentClient.join()).toMatchObject({ ok: true });
  await until(() => chat.state.connection === 'online');
});

it('the path itself leads to the folder, with what was asked', async () => {
  const answer = await fetch(`${proxies['passes paths on as they are'].origin}/support?from=mail`, {
    redirect: 'manual',
  });
  expect([answer.status, answer.headers.get('location')]).toEqual([307, '/support/?from=mail']);
  const lost = await fetch(`${target}/support/nowhere`, { headers: { accept: 'text/html' } });
  expect([lost.status, await lost.text()]).toEqual([404, expect.stringContaining('href="/support/"')]);
});
