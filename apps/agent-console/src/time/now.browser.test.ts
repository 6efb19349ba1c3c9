import { createChat, memoryStorage } from '@baton/client';
import { startSystem } from '@baton/testkit';
import { launchBrowser, openPage, until } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';

const system = await startSystem();
const url = system.urls[0] ?? '';
const browser = await launchBrowser();
afterAll(() => browser.close());

it.each([
  ['five hours ahead', 5],
  ['five hours behind', -5],
])(
  'on a computer whose clock is %s, an agent and a supervisor read how long customers really wait',
  async (_, hours) => {
    await using stack = new AsyncDisposableStack();
    const chat = createChat({
      url,
      userId: `ann ${hours}`,
      storage: memoryStorage(),
      metadata: { name: `Ann ${hours}` },
    });
    stack.defer(async () => {
      await chat.end();
      chat.close();
    });
    await chat.start();
    await chat.requestAgent('A parcel');
    const { page, close } = await openPage(browser, { viewport: { width: 1280, height: 800 } });
    stack.defer(close);
    await page.addInitScript((by) => {
      const real = Date.now;
      Date.now = () => real() + by * 3_600_000;
    }, hours);
    await page.goto(`${url}/agent`);
    await page.getByLabel('Your name').fill(`Eve ${hours}`);
    await page.getByRole('button', { name: 'Go online' }).click();
    const row = page
      .getByRole('list', { name: 'Queue' })
      .getByRole('listitem')
      .filter({ hasText: `Ann ${hours}` });
    const waited = async () => (await row.locator('.row-time').textContent()) ?? '';
    // A few seconds, whatever this machine does besides, and it goes on.
    await expect.poll(waited).toMatch(/^[0-2]:\d\d$/);
    const before = await waited();
    await until(async () => (await waited()) > before);
    await page.goto(`${url}/admin`);
    const time = page
      .getByRole('row')
      .filter({ hasText: `Ann ${hours}` })
      .locator('time')
      .first();
    await expect.poll(async () => (await time.textContent()) ?? '').toMatch(/^[0-2]:\d\d$/);
  },
);
