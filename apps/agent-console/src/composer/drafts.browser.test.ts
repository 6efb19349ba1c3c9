import { type Chat, createChat, memoryStorage } from '@baton/client';
import { startSystem } from '@baton/testkit';
import { launchBrowser, openPage, until } from '@baton/testkit/browser';
import { afterAll, afterEach, expect, it } from 'vitest';
import { type ConsolePage, goOnline } from '../../test/console-page.ts';

// What a supervisor and agents find again: over a reload, by a link, and after somebody else was quicker.
const system = await startSystem();
const url = system.urls[0] ?? '';
const browser = await launchBrowser();
afterAll(() => browser.close());

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function agent(name: string): Promise<ConsolePage> {
  const console = await goOnline(browser, url, name);
  ends.push(async () => {
    expect(console.complaints, 'console errors, policy violations').toEqual([]);
    await console.page.evaluate(() => localStorage.clear());
    await console.close();
  });
  return console;
}
async function waitingCustomer(name: string): Promise<Chat> {
  const chat = createChat({ url, userId: name, storage: memoryStorage(), metadata: { name } });
  ends.push(async () => {
    if (chat.state.phase === 'open') await chat.end();
    chat.close();
  });
  await chat.start();
  chat.send(`${name} says hello`);
  await until(() => chat.state.items.some(({ content }) => content === `${name} says hello`));
  await chat.requestAgent(`${name} asks`);
  return chat;
}
const heading = (page: ConsolePage['page'], name: string) => page.getByRole('heading', { level: 2, name });

it('has the open chat in its address: over a reload, back and forward; ended chats are found again', async () => {
  const eve = await agent('Eve');
  const { page } = eve;
  const ann = await waitingCustomer('Ann Kept');
  await eve.takeNext('Ann Kept');
  const bob = await waitingCustomer('Bob Kept');
  await eve.takeNext('Bob Kept');
  expect(page.url()).toMatch(new RegExp(`#/chat/${bob.state.session?.id}$`));
  await page.goBack();
  await heading(page, 'Ann Kept').waitFor();
  await page.goForward();
  await heading(page, 'Bob Kept').waitFor();
  await page.getByRole('textbox', { name: /Bob Kept/ }).fill('half a thought');
  await bob.end();
  await page.getByText('This chat has ended.').waitFor();

  await page.reload();
  await heading(page, 'Bob Kept').waitFor();
  await page.getByText('This chat has ended.').waitFor();
  await page.getByRole('log').getByText('Bob Kept says hello').waitFor();
  // Also when the open one is another: it is listed among the agent's, and has its log once it is chosen.
  await page.goBack();
  await heading(page, 'Ann Kept').waitFor();
  await page.reload();
  await heading(page, 'Ann Kept').waitFor();
  await page.getByRole('list', { name: 'My chats' }).getByText('Bob Kept').click();
  await heading(page, 'Bob Kept').waitFor();
  await page.getByRole('log').getByText('Bob Kept says hello').waitFor();
  expect(await page.getByRole('textbox', { name: 'Your unsent reply' }).inputValue()).toBe('half a thought');
  await page.getByRole('button', { name: 'Dismiss', exact: true }).click();
  await heading(page, 'Ann Kept').waitFor();
  await page.reload();
  await heading(page, 'Ann Kept').waitFor();
  await until(() => ann.state.session?.agentName === 'Eve');
  expect(await page.getByRole('list', { name: 'My chats' }).getByText('Bob Kept').count()).toBe(0);
});

it('[S1] says so plainly when a link leads to a chat that is not mine, and shows one that waits', async () => {
  const eve = await agent('Eve');
  const zoe = await agent('Zoe');
  const ann = await waitingCustomer('Ann Linked');
  const id = ann.state.session?.id ?? '';
  await eve.page.goto(`${url}/agent#/chat/${id}`);
  await eve.page.getByRole('region', { name: 'Conversation so far' }).getByText('Ann Linked says hello').waitFor();
  await zoe.takeNext('Ann Linked');
  await eve.page.getByText('Ann Linked is no longer waiting. Zoe has this chat.').waitFor();
  await eve.page.reload();
  await eve.page.getByText('Zoe has this chat.').waitFor();
  expect(await eve.page.getByText('Ann Linked says hello').count()).toBe(0);
  await eve.page.goto(`${url}/agent#/chat/00000000-0000-7000-8000-000000000000`);
  await heading(eve.page, 'You can’t open this chat').waitFor();
  await eve.page.getByText('It doesn’t exist, or it isn’t assigned to you.').waitFor();
});

it('compares the whole queue when 11 wait, and shows it empty at once after it was cleared', async () => {
  await Promise.all(Array.from({ length: 11 }, (_, n) => waitingCustomer(`Ann Queued ${n}`)));
  const { page, close } = await openPage(browser, { viewport: { width: 1280, height: 900 } });
  ends.push(close);
  await page.goto(`${url}/admin`);
  await page.getByText('Queue diagnostics').click();
  await page.getByText('Redis and Postgres agree.').waitFor();
  // Noted in the page itself, so that a busy machine's slowness to look is not counted.
  await page.evaluate(() => {
    const noted: { cleared?: number; empty?: number } = {};
    Reflect.set(window, 'noted', noted);
    const note = () => {
      if (document.body.textContent.includes('chats went back to the bot.')) noted.cleared ??= performance.now();
      const rows = document.querySelectorAll('.debug tbody tr').length;
      if (rows === 0 && document.body.textContent.includes('Nobody is waiting.')) noted.empty ??= performance.now();
    };
    new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  await page.getByRole('button', { name: 'Clear the queue' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Clear the queue' }).click();
  await page.getByText('11 chats went back to the bot.').waitFor();
  const took = await until(() =>
    page.evaluate(() => {
      const { cleared, empty } = Reflect.get(window, 'noted') as { cleared?: number; empty?: number };
      return cleared !== undefined && empty !== undefined && Math.max(1, empty - cleared);
    }),
  );
  // The next look of its own would come 5 s later.
  expect(took).toBeLessThan(2_000);
});
