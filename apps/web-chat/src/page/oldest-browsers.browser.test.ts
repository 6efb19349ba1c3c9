import { createAgentClient, memoryStorage } from '@baton/client';
import { startSystem } from '@baton/testkit';
import { launchBrowser, openPage, serveStage, startStaticServer, until } from '@baton/testkit/browser';
import { makePoor } from '@baton/testkit/floor';
import { afterAll, expect, it } from 'vitest';
import { chatOn } from '../../test/chat-page.ts';

// A browser from which everything was taken that one of the oldest we serve lacks.
const system = await startSystem();
const url = system.urls[0] ?? '';
const gateway = url.replace('127.0.0.1', 'localhost');
const shopPage = `<!doctype html><html lang="en"><head><title>A shop</title></head><body><h1>A shop</h1><script src="${gateway}/widget.js" data-color="#7a1f5c"></script></body></html>`;
const shop = await startStaticServer({ texts: { '/': shopPage }, headers: {} });
const strict = await startStaticServer({
  texts: { '/': shopPage },
  headers: {
    'content-security-policy': `default-src 'none'; script-src ${gateway}; frame-src ${gateway}; require-trusted-types-for 'script'`,
  },
});
const stage = await serveStage(new URL('../../', import.meta.url));
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await Promise.all([shop.close(), strict.close(), stage.close()]);
});
const poorPage = async (stack: AsyncDisposableStack) => {
  const opened = await openPage(browser, { locale: 'en-GB', viewport: { width: 1_100, height: 800 } });
  stack.defer(opened.close);
  await makePoor(opened.page);
  return opened;
};

it('has nothing of a later day', async () => {
  await using stack = new AsyncDisposableStack();
  const { page } = await poorPage(stack);
  await page.goto(url);
  const found = await page.evaluate(() => ({
    gone: ['URL.parse', 'AbortSignal.timeout', 'Intl.Segmenter', 'Promise.withResolvers', 'Object.groupBy'].filter(
      (name) => name.split('.').reduce<unknown>((at, one) => Reflect.get(at as object, one), window) === undefined,
    ).length,
    methods: [Array.prototype, String.prototype, Set.prototype, HTMLElement.prototype].flatMap((prototype) =>
      ['toSorted', 'isWellFormed', 'union', 'showPopover'].filter((name) => name in prototype),
    ),
    there: typeof Array.prototype.findLast === 'function' && typeof structuredClone === 'function',
  }));
  expect(found).toEqual({ gone: 5, methods: [], there: true });
});

it('the page chats: links, names of any letters, a person, the end', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, complaints } = await poorPage(stack);
  await page.goto(url);
  const chat = chatOn(page);
  await chat.write('When are you open? See https://shop.example/orders/4711, or write to help@shop.example');
  await page.getByRole('link', { name: 'https://shop.example/orders/4711' }).waitFor();
  await page.locator('[role="log"] .row-bot').first().waitFor();

  const agentClient = createAgentClient({ url, name: '👩🏽 é́lise', storage: memoryStorage() });
  stack.defer(() => agentClient.leave());
  await agentClient.join();
  await page.getByRole('button', { name: 'Talk to a person' }).click();
  await until(() => agentClient.state.waiting.total > 0);
  const picked = await agentClient.claim();
  if (!picked.ok) throw new Error(picked.message);
  agentClient.send(picked.value.id, 'Here I am: https://shop.example/b');
  await page.getByRole('link', { name: 'https://shop.example/b' }).waitFor();
  expect(await page.locator('[role="log"] .b-avatar-person').last().textContent()).toBe('👩🏽É́');
  await page.reload();
  await page.getByRole('link', { name: 'https://shop.example/orders/4711' }).waitFor();
  await agentClient.closeChat(picked.value.id);
  await page.getByRole('radio', { name: 'Great' }).check();
  await page.getByText('Thanks for your feedback.').waitFor();
  expect(complaints).toEqual([]);
});

it.each([
  ['a page', () => shop.url],
  ['a page with a strict policy', () => strict.url],
])('the widget stands in its place on %s, fills a phone, and chats', async (_, address) => {
  await using stack = new AsyncDisposableStack();
  const { page } = await poorPage(stack);
  await page.goto(address());
  const launcher = page.getByRole('button', { name: 'Open the chat' });
  const box = { width: 60, height: 60, x: 1_100 - 80, y: 800 - 80 };
  await expect.poll(() => launcher.boundingBox()).toMatchObject(box);
  const looks = await launcher.evaluate((button) => {
    const { borderRadius, backgroundColor } = getComputedStyle(button);
    return { borderRadius, backgroundColor };
  });
  expect(looks).toEqual({ borderRadius: '50%', backgroundColor: 'rgb(122, 31, 92)' });
  expect(await page.locator('baton-chat .panel').isVisible()).toBe(false);
  await launcher.click();
  const chat = chatOn(page.frameLocator('baton-chat iframe'));
  await chat.write('See https://shop.example/a');
  await chat.row('https://shop.example/a').waitFor();
  const panel = () => page.locator('baton-chat iframe').boundingBox();
  await expect.poll(panel).toMatchObject({ x: 1_100 - 420, y: 800 - 96 - 680, width: 400, height: 680 });
  await page.setViewportSize({ width: 320, height: 600 });
  await expect.poll(panel).toEqual({ x: 0, y: 0, width: 320, height: 600 });
  expect(await page.getByRole('button', { name: 'Close the chat' }).first().isVisible()).toBe(false);
  await page.frameLocator('baton-chat iframe').getByRole('button', { name: 'Close the chat' }).click();
  await launcher.waitFor();
});

it('a row that cannot be drawn is shown as plain text, and the page goes on', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, close } = await openPage(browser, { viewport: { width: 400, height: 700 } });
  stack.defer(close);
  await page.goto(`${stage.url}/stage.html?state=bot#lang=en`);
  await page.getByRole('log').waitFor();
  await page.evaluate(() =>
    window.stage((state) => {
      const last = state.items.at(-1);
      if (last?.kind !== 'message') throw new Error('no last message');
      // As a browser, or a server, might have it that we do not know.
      const odd = { ...last, key: 'odd', timestamp: 'no time at all', content: 'What nobody could draw' };
      return { ...state, items: [...state.items, odd, { ...last, key: 'next', content: 'The next one' }] };
    }),
  );
  await page.getByText('What nobody could draw').waitFor();
  await page.getByText('The next one').waitFor();
  expect(await page.getByRole('log').locator('.row').count()).toBeGreaterThan(4);
  await page.getByRole('textbox', { name: 'Write a message' }).fill('still here');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => window.did.at(-1))).toEqual(['send', 'still here']);
});
