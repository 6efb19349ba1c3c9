import { createChat, memoryStorage } from '@baton/client';
import { startSystem } from '@baton/testkit';
import { launchBrowser, openPage, serveStage, until } from '@baton/testkit/browser';
import { makePoor } from '@baton/testkit/floor';
import { afterAll, expect, it } from 'vitest';

const system = await startSystem();
const url = system.urls[0] ?? '';
const stage = await serveStage(new URL('../', import.meta.url));
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await stage.close();
});

it('an agent works in a browser that has nothing which one of the oldest we serve lacks', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, complaints, close } = await openPage(browser, { viewport: { width: 1280, height: 800 } });
  stack.defer(close);
  await makePoor(page);
  await page.goto(`${url}/agent`);
  await page.getByLabel('Your name').fill('👩🏽‍🚀 Élise');
  await page.getByRole('button', { name: 'Go online' }).click();
  const chat = createChat({
    url,
    userId: 'ann',
    storage: memoryStorage(),
    metadata: { name: 'Ann Example', order: 'https://shop.example/orders/4711' },
  });
  stack.defer(() => chat.close());
  await chat.start();
  await chat.requestAgent('A parcel');
  await page.getByRole('button', { name: 'Take next chat' }).click();
  await page.getByRole('link', { name: 'https://shop.example/orders/4711' }).waitFor();
  chat.send('See https://shop.example/a');
  await page.getByRole('log').getByRole('link', { name: 'https://shop.example/a' }).waitFor();
  await page.getByRole('textbox', { name: 'Your reply to Ann Example' }).fill('I do: https://shop.example/b');
  await page.keyboard.press('Enter');
  await until(() => chat.state.items.some(({ content }) => content === 'I do: https://shop.example/b'));
  await page.reload();
  await page.getByRole('log').getByRole('link', { name: 'https://shop.example/b' }).waitFor();
  await page.goto(`${url}/admin`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('👩🏽‍🚀 Élise').first().waitFor();
  expect(complaints).toEqual([]);
});

it('a row that cannot be drawn is shown as plain text, in the transcript and in the lists, and the page goes on', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, close } = await openPage(browser, { viewport: { width: 1280, height: 800 } });
  stack.defer(close);
  await page.goto(`${stage.url}/stage.html?scene=chat`);
  await page.getByRole('log').waitFor();
  await page.evaluate(() => {
    const [id, chat] = [...window.stage.client.state.chats][0] ?? [];
    const last = chat?.items.at(-1);
    if (id === undefined || chat === undefined || last?.kind !== 'message') throw new Error('no such chat');
    const odd = {
      ...last,
      key: 'odd',
      timestamp: 'no time at all',
      sender: 'user' as const,
      content: 'What nobody could draw',
    };
    const next = { ...last, key: 'next', sender: 'user' as const, content: 'The next one' };
    window.stage.change(id, { items: [...chat.items, odd, next] });
  });
  await page.getByRole('log').getByText('What nobody could draw').waitFor();
  await page.getByRole('log').getByText('The next one').waitFor();
  await page.evaluate(() => {
    const { waiting } = window.stage.client.state;
    const [first, ...others] = waiting.sessions;
    if (first === undefined) throw new Error('nobody waits');
    const odd = { ...first, userId: 'the odd one', queueInfo: null as unknown as typeof first.queueInfo };
    window.stage.put({ waiting: { ...waiting, sessions: [odd, ...others] } });
  });
  const queue = page.getByRole('list', { name: 'Queue' });
  await queue.getByRole('button', { name: 'the odd one' }).waitFor();
  expect(await queue.getByRole('listitem').count()).toBeGreaterThan(1);
  await page.getByRole('textbox', { name: /Your reply/ }).fill('still here');
});
