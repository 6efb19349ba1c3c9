import { createChat, memoryStorage } from '@baton/client';
import { startSystem } from '@baton/testkit';
import { openPageWithoutStorage, until } from '@baton/testkit/browser';
import { expect, it } from 'vitest';

const system = await startSystem();
const url = system.urls[0] ?? '';

it('an agent and a supervisor work in a browser that refuses storage', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, complaints, close } = await openPageWithoutStorage({ viewport: { width: 1280, height: 800 } });
  stack.defer(close);
  await page.goto(`${url}/agent`);
  await page.getByLabel('Your name').fill('Eve');
  await page.getByRole('button', { name: 'Go online' }).click();
  const chat = createChat({ url, userId: 'ann', storage: memoryStorage(), metadata: { name: 'Ann' } });
  stack.defer(() => chat.close());
  await chat.start();
  await chat.requestAgent('A parcel');
  await page.getByRole('button', { name: 'Take next chat' }).click();
  await page.getByRole('heading', { level: 2, name: 'Ann' }).waitFor();
  await page.getByRole('textbox', { name: 'Your reply to Ann' }).fill('Here I am');
  await page.keyboard.press('Enter');
  await until(() => chat.state.items.some((item) => item.content === 'Here I am'));
  await page.goto(`${url}/admin`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('Eve').first().waitFor();
  expect(complaints).toEqual([]);
});
