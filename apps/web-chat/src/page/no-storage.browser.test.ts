import { startSystem } from '@baton/testkit';
import { openPageWithoutStorage, type Page, startStaticServer } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';
import { chatOn } from '../../test/chat-page.ts';

const system = await startSystem();
const url = system.urls[0] ?? '';
const shop = await startStaticServer({
  texts: {
    '/': `<!doctype html><html lang="en"><head><title>Shop</title></head><body><main><h1>Shop</h1></main><script src="${url}/widget.js"></script></body></html>`,
  },
});
afterAll(() => shop.close());

/** Whether this browser refuses storage to the page, as it should here. */
const isRefused = (page: Page) =>
  page.evaluate(() => {
    try {
      localStorage.getItem('x');
      return false;
    } catch (error) {
      return error instanceof DOMException && error.name === 'SecurityError';
    }
  });

it.each([
  ['the page', (page: Page) => page, url],
  ['the widget', (page: Page) => page.frameLocator('baton-chat iframe'), shop.url],
])('%s chats in a browser that refuses storage', async (_, inside, address) => {
  await using stack = new AsyncDisposableStack();
  const { page, complaints, close } = await openPageWithoutStorage({ locale: 'en-GB' });
  stack.defer(close);
  await page.goto(address);
  expect(await isRefused(page)).toBe(true);
  if (address === shop.url) await page.getByRole('button', { name: 'Open the chat' }).click();
  const place = inside(page);
  const chat = chatOn(place);
  await chat.write('Where is my lamp?');
  await place.locator('[role="log"] .row-bot').first().waitFor();
  await chat.write('I want to talk to a human');
  await place.getByText('Would you like to wait for a person').first().waitFor();
  expect(await chat.own()).toEqual(['Where is my lamp?', 'I want to talk to a human']);
  expect(complaints).toEqual([]);
});
