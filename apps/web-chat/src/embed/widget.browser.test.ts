import { createAgentClient, memoryStorage } from '@baton/client';
import { startSystem } from '@baton/testkit';
import { axe, launchBrowser, openPage, startStaticServer, until } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';
import { chatOn } from '../../test/chat-page.ts';

const system = await startSystem();
const url = system.urls[0] ?? '';
/** The widget's own address: a page on 127.0.0.1 and a frame on localhost are of two sites. */
const gateway = url.replace('127.0.0.1', 'localhost');
const hostPage = (attributes: string) => `<!doctype html>
<html lang="en">
<head>
<title>A shop</title>
<style>
* { font: 40px/3 serif !important; color: red !important; letter-spacing: 1em !important; }
div, button, iframe, span, svg { width: 7px !important; display: inline !important; position: static !important; }
</style>
</head>
<body>
<main><h1>A shop</h1><button id="order">Order</button></main>
<script>window.heard = []; addEventListener('message', ({ data }) => heard.push(data));</script>
<script src="${gateway}/widget.js" ${attributes}></script>
</body>
</html>`;
const shop = await startStaticServer({
  texts: {
    '/': hostPage(
      'data-title="Lumen &amp; Leaf" data-color="#7a1f5c" data-suggestions="When are you open?|Is there a guarantee?"',
    ),
    // Everything of its own is reset and hidden, its body is somewhere else.
    '/hostile': `<!doctype html><html lang="en"><head><title>Hostile</title><style>
* { all: unset !important; }
html, body, main, h1 { display: block !important; }
baton-chat, [popover] { display: none !important; visibility: hidden !important; opacity: 0 !important; }
html { filter: blur(0) !important; }
body { transform: translate(200px, -300px) !important; height: 3000px !important; overflow: hidden !important; }
</style></head><body><main><h1>Hostile</h1></main><script src="${gateway}/widget.js"></script></body></html>`,
    '/de': hostPage('data-lang="de" data-position="left"'),
    // Twice in the head, before there is a body, and once more in the body.
    '/thrice': `<!doctype html><html lang="en"><head><title>Thrice</title><script src="${gateway}/widget.js"></script><script src="${gateway}/widget.js" data-position="left"></script></head><body><main><h1>Thrice</h1></main><script src="${gateway}/widget.js"></script></body></html>`,
    '/strict': `<!doctype html><html lang="en"><title>Strict</title><body><main><h1>Strict</h1></main><script src="${gateway}/widget.js"></script></body></html>`,
  },
  headers: {},
});
const strict = await startStaticServer({
  texts: {
    '/': `<!doctype html><html lang="en"><head><title>Strict</title></head><body><main><h1>Strict</h1></main><script src="${gateway}/widget.js"></script></body></html>`,
  },
  headers: {
    'content-security-policy': `default-src 'none'; script-src ${gateway}; frame-src ${gateway}; require-trusted-types-for 'script'`,
  },
});
/** Of its own, as pages must be that want precise clocks and shared memory. */
const isolated = await startStaticServer({
  texts: {
    '/': `<!doctype html><html lang="en"><head><title>Isolated</title></head><body><main><h1>Isolated</h1></main><script src="${gateway}/widget.js"></script></body></html>`,
  },
  headers: {
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-opener-policy': 'same-origin',
  },
});
/** The script where pictures are, and the gateway elsewhere. */
const script = await (await fetch(`${url}/widget.js`)).text();
const apart = await startStaticServer({
  texts: {
    '/': `<!doctype html><html lang="en"><head><title>Apart</title></head><body><main><h1>Apart</h1></main><script src="/files/widget.js" data-gateway="${gateway}"></script></body></html>`,
    '/files/widget.js': script,
  },
  headers: {},
});
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await Promise.all([shop, strict, isolated, apart].map(({ close }) => close()));
});
const visitShop = async (stack: AsyncDisposableStack, address: string) => {
  const { page, complaints, close } = await openPage(browser, {
    locale: 'en-GB',
    viewport: { width: 1_100, height: 800 },
  });
  stack.defer(close);
  await page.goto(address);
  const frame = page.frameLocator('baton-chat iframe');
  return { page, complaints, frame, chat: chatOn(frame) };
};

it('one script tag on a page of another origin chats, whatever that page does to its own', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, complaints, frame, chat } = await visitShop(stack, shop.url);
  const launcher = page.getByRole('button', { name: 'Open the chat' });
  const box = await launcher.boundingBox();
  expect(box).toMatchObject({ width: 60, height: 60, x: 1_100 - 80, y: 800 - 80 });
  expect(await page.locator('iframe').count(), 'nothing is loaded before it is wanted').toBe(0);

  await launcher.click();
  await frame.getByText('Lumen & Leaf').first().waitFor();
  await frame.getByRole('button', { name: 'When are you open?' }).click();
  await frame.locator('[role="log"] .row-bot').waitFor();
  expect(await chat.own()).toEqual(['When are you open?']);
  const size = await chat
    .row('When are you open?')
    .first()
    .evaluate((row) => getComputedStyle(row).fontSize);
  expect(size, "the host page's styles end at the border").toBe('16px');
  const inner = page.frames().find((one) => one.url().startsWith(gateway));
  if (inner === undefined) throw new Error('there is no frame');
  expect(await axe(inner)).toEqual([]);
  expect(await page.evaluate(() => Reflect.get(window, 'heard') as unknown), 'nothing is told to the page').toEqual([]);
  expect(complaints).toEqual([]);
});

it('closed, it counts what was not read, also after the page was left and opened again', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, complaints, chat } = await visitShop(stack, shop.url);
  const agentClient = createAgentClient({ url, name: 'Grace', storage: memoryStorage() });
  stack.defer(() => agentClient.leave());
  await agentClient.join();
  await page.getByRole('button', { name: 'Open the chat' }).click();
  await chat.write('I want to talk to a human');
  await until(() => agentClient.state.waiting.total > 0);
  const picked = await agentClient.claim();
  if (!picked.ok) throw new Error(picked.message);
  const { id } = picked.value;
  await chat.input.press('Escape');
  const launcher = page.getByRole('button', { name: /^Open the chat/ });
  await launcher.waitFor();
  expect(await launcher.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button)).toBe(true);

  agentClient.send(id, 'one');
  agentClient.send(id, 'two');
  await page.getByRole('button', { name: 'Open the chat, 2 unread messages' }).waitFor();
  await page.reload();
  const again = page.getByRole('button', { name: 'Open the chat, 2 unread messages' });
  await again.waitFor();
  await again.click();
  await chat.row('two').waitFor();
  await until(() => {
    const item = agentClient.state.chats.get(id);
    return (item?.seenByOther ?? 0) >= 4;
  });
  await page.getByRole('button', { name: 'Close the chat' }).last().click();
  await page.getByRole('button', { name: 'Open the chat', exact: true }).waitFor();
  expect(complaints).toEqual([]);
});

it('speaks the language it is told, and stands where it is told', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, frame } = await visitShop(stack, `${shop.url}/de`);
  const launcher = page.getByRole('button', { name: 'Chat öffnen' });
  expect((await launcher.boundingBox())?.x).toBe(20);
  await launcher.press('Enter');
  await frame.getByRole('textbox', { name: 'Nachricht schreiben' }).waitFor();
});

it('works on a page with a strict content security policy, and can be driven by that page', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, complaints, chat } = await visitShop(stack, strict.url);
  await page.evaluate(() => window.Baton?.open());
  await chat.input.waitFor();
  await page.evaluate(() => window.Baton?.close());
  await chat.input.waitFor({ state: 'hidden' });
  await page.evaluate(() => window.Baton?.remove());
  expect(await page.locator('baton-chat').count()).toBe(0);
  expect(complaints).toEqual([]);
});

it('fills a phone, and leaves its page with the keyboard', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, frame, chat } = await visitShop(stack, shop.url);
  await page.setViewportSize({ width: 320, height: 600 });
  await page.getByRole('button', { name: 'Open the chat' }).click();
  await chat.input.waitFor();
  // When it has come to rest: it slides in.
  const place = () => page.locator('baton-chat iframe').boundingBox();
  await expect.poll(place).toEqual({ x: 0, y: 0, width: 320, height: 600 });
  await frame.getByRole('button', { name: 'Close the chat' }).click();
  await page.getByRole('button', { name: 'Open the chat' }).waitFor();
});

it('the frame takes no orders from pages that do not hold it, and gives none to those that lie about who they are', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, chat } = await visitShop(stack, shop.url);
  await page.getByRole('button', { name: 'Open the chat' }).click();
  await chat.input.waitFor();
  // A message of another shape, and one from inside of the frame itself.
  await page.evaluate(() => {
    const frame = document.querySelector('baton-chat')?.shadowRoot?.querySelector('iframe');
    for (const data of ['baton:hello', { type: 'close' }, { type: 'shown', open: false }, null])
      frame?.contentWindow?.postMessage(data, '*');
  });
  const inner = page.frames().find((one) => one.url().startsWith(gateway));
  await inner?.evaluate(() => window.parent.postMessage({ type: 'close' }, '*'));
  await chat.write('still here');
  await chat.row('still here').waitFor();
});

it('is there, and in its place, whatever the page does to every element, and to its body', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, complaints, chat } = await visitShop(stack, `${shop.url}/hostile`);
  const launcher = page.getByRole('button', { name: 'Open the chat' });
  expect(await launcher.boundingBox()).toMatchObject({ width: 60, height: 60, x: 1_100 - 80, y: 800 - 80 });
  await launcher.click();
  await chat.input.waitFor();
  const panel = () => page.locator('baton-chat iframe').boundingBox();
  await expect.poll(panel).toMatchObject({ x: 1_100 - 420, y: 800 - 96 - 680, width: 400, height: 680 });
  // As pages do that swap their body instead of loading another page.
  await page.evaluate(() => document.body.replaceWith(document.createElement('body')));
  await chat.write('still here');
  await chat.row('still here').waitFor();
  expect(complaints).toEqual([]);
});

it('open, it is open on the next page of this tab, and leaves the keyboard to that page; closed, it stays closed', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, chat } = await visitShop(stack, shop.url);
  await page.getByRole('button', { name: 'Open the chat' }).click();
  await chat.write('still here');
  await chat.row('still here').waitFor();
  await page.goto(`${shop.url}/strict`);
  await chat.row('still here').waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
  // On a window that it would fill, it waits to be asked.
  await page.setViewportSize({ width: 400, height: 700 });
  await page.reload();
  await page.getByRole('button', { name: 'Open the chat' }).waitFor();
  await page.setViewportSize({ width: 1_100, height: 800 });
  await page.reload();
  await page.getByRole('button', { name: 'Close the chat' }).first().click();
  await page.reload();
  await page.getByRole('button', { name: 'Open the chat' }).waitFor();
  expect(await page.locator('baton-chat .panel').isVisible()).toBe(false);
});

/** What pages do that show another page without loading it. */
const swaps = {
  'replaces its body': () => document.body.replaceWith(document.createElement('body')),
  'replaces its body in a view transition': async () => {
    await document.startViewTransition(() => document.body.replaceWith(document.createElement('body'))).finished;
  },
  'replaces its head and its body': () =>
    document.documentElement.replaceChildren(document.createElement('head'), document.createElement('body')),
  'replaces its root': () => {
    const root = document.createElement('html');
    root.append(document.createElement('head'), document.createElement('body'));
    document.documentElement.replaceWith(root);
  },
  'removes whatever it does not know': () => document.querySelector('baton-chat')?.remove(),
  'runs its scripts again': async (address: string) => {
    for (let round = 0; round < 2; round += 1) {
      const script = document.createElement('script');
      script.src = `${address}/widget.js`;
      const loaded = new Promise((resolve) => script.addEventListener('load', resolve));
      document.body.append(script);
      await loaded;
    }
  },
} as const;

it.each(Object.keys(swaps) as (keyof typeof swaps)[])('stays, once, with its chat, on a page that %s', async (name) => {
  await using stack = new AsyncDisposableStack();
  const { page, chat } = await visitShop(stack, `${shop.url}/strict`);
  const launcher = page.getByRole('button', { name: 'Open the chat' });
  await launcher.click();
  await chat.write('still here');
  await chat.row('still here').waitFor();
  await page.evaluate(swaps[name], gateway);
  await chat.row('still here').waitFor();
  await chat.write('and here');
  await chat.row('and here').waitFor();
  expect(await page.locator('baton-chat').count()).toBe(1);
  await page.getByRole('button', { name: 'Close the chat' }).first().click();
  await launcher.waitFor();
  // Under the pointer it is a little larger.
  await page.mouse.move(0, 0);
  const box = { width: 60, height: 60, x: 1_100 - 80, y: 800 - 80 };
  await expect.poll(() => launcher.boundingBox()).toMatchObject(box);
});

it('is there once, however often its tag is, and gone for good when the page says so', async () => {
  await using stack = new AsyncDisposableStack();
  const { page } = await visitShop(stack, `${shop.url}/thrice`);
  await page.getByRole('button', { name: 'Open the chat' }).waitFor();
  expect(await page.locator('baton-chat').count()).toBe(1);
  await page.evaluate(() => {
    window.Baton?.remove();
    document.documentElement.replaceChildren(document.createElement('head'), document.createElement('body'));
  });
  expect(await page.locator('baton-chat').count()).toBe(0);
});

it('lets a page win that takes it away again and again', async () => {
  await using stack = new AsyncDisposableStack();
  const { page } = await visitShop(stack, `${shop.url}/strict`);
  await page.getByRole('button', { name: 'Open the chat' }).waitFor();
  await page.evaluate(() => {
    new MutationObserver(() => document.querySelector('baton-chat')?.remove()).observe(document.documentElement, {
      childList: true,
    });
    document.querySelector('baton-chat')?.remove();
  });
  await until(async () => (await page.locator('baton-chat').count()) === 0);
  expect(await page.evaluate(() => 1 + 1), 'neither hangs').toBe(2);
});

it('tells where the visitor is by the time the chat is opened, on a page that moves on without being loaded', async () => {
  await using stack = new AsyncDisposableStack();
  const { page } = await visitShop(stack, `${shop.url}/strict`);
  await page.getByRole('button', { name: 'Open the chat' }).waitFor();
  await page.evaluate(() => history.pushState(null, '', '/lamps/green?visitor=7'));
  await page.getByRole('button', { name: 'Open the chat' }).click();
  const source = await page.locator('baton-chat iframe').getAttribute('src');
  expect(new URLSearchParams(source?.split('#')[1]).get('page')).toBe(`${shop.url}/lamps/green`);
});

it('chats on a page that is isolated from other origins', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, complaints, chat } = await visitShop(stack, isolated.url);
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  await page.getByRole('button', { name: 'Open the chat' }).click();
  await chat.write('still here');
  await chat.row('still here').waitFor();
  expect(complaints).toEqual([]);
});

it('is one file, which any server may have, beside a gateway elsewhere', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, complaints, chat } = await visitShop(stack, apart.url);
  await page.getByRole('button', { name: 'Open the chat' }).click();
  await chat.write('still here');
  await chat.row('still here').waitFor();
  expect(complaints).toEqual([]);
});
