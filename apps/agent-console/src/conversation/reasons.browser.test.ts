import { startSystem } from '@baton/testkit';
import { launchBrowser, openPage, type Page } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';
import { goOnline } from '../../test/console-page.ts';

// What an agent writes for colleagues and what the customer is told: two fields, and two ways.
const system = await startSystem();
const url = system.urls[0] ?? '';
const browser = await launchBrowser();
afterAll(() => browser.close());

/** Every frame that the page's socket gets from its next load on. */
function framesOf(page: Page): string[] {
  const frames: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))));
  return frames;
}

it('[C3, S1] the customer sees what was written for the customer, and never what was written for colleagues', async () => {
  const ada = await openPage(browser, { viewport: { width: 360, height: 700 }, locale: 'en-GB' });
  const frames = framesOf(ada.page);
  await ada.page.goto(`${url}/`);
  await ada.page.getByRole('textbox', { name: 'Write a message' }).waitFor();
  await ada.page.getByRole('button', { name: 'Talk to a person' }).click();
  const grace = await goOnline(browser, url, 'Grace');
  const barbara = await goOnline(browser, url, 'Barbara');
  await grace.page.getByRole('button', { name: 'Take next chat' }).click();
  await ada.page.getByText('Grace joined the chat.').waitFor();

  await grace.page.getByRole('button', { name: 'Transfer' }).click();
  const transfer = grace.page.getByRole('dialog');
  await transfer.getByRole('radio', { name: /A colleague/ }).check();
  await transfer.getByRole('radio', { name: /Barbara/ }).check();
  const reason = transfer.getByRole('textbox', { name: 'Reason' });
  const message = transfer.getByRole('textbox', { name: 'Message for the customer (optional)' });
  const describes = (field: typeof reason) =>
    field.evaluate((element) => document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent);
  expect(await describes(reason)).toBe('Only colleagues see this.');
  expect(await describes(message)).toBe('The customer sees this in the chat.');
  await reason.fill('canary: a difficult one');
  await message.fill('Barbara knows your **order**.');
  await message.press('Enter');
  await ada.page.getByRole('log').getByText('Barbara knows your **order**.').waitFor();

  await barbara.page.getByRole('list', { name: 'My chats' }).getByRole('button').click();
  const log = barbara.page.getByRole('log');
  await log.getByText('canary: a difficult one').waitFor();
  await log.getByText('Barbara knows your **order**.').waitFor();
  await barbara.page.getByRole('button', { name: 'End chat' }).click();
  const end = barbara.page.getByRole('dialog');
  await end.getByRole('textbox', { name: 'Outcome (optional)' }).fill('canary: gave a refund');
  await end.getByRole('textbox', { name: /Message for the customer/ }).fill('  Your money is back by Friday. ');
  await end.getByRole('button', { name: 'End chat' }).click();
  await ada.page.getByRole('log').getByText('Your money is back by Friday.', { exact: true }).waitFor();
  await ada.page.reload();
  await ada.page.getByRole('log').getByText('Your money is back by Friday.', { exact: true }).waitFor();

  const file = ada.page.waitForEvent('download');
  await ada.page.getByRole('button', { name: 'Download the transcript' }).click();
  let transcript = '';
  for await (const part of await (await file).createReadStream()) transcript += String(part);
  expect(transcript).toMatch(/Barbara ended the chat\.\nYour money is back by Friday\./);
  expect(frames.join('\n')).toContain('Your money is back by Friday.');
  for (const text of [transcript, frames.join('\n'), await ada.page.content()]) expect(text).not.toContain('canary');
  for (const { complaints, close } of [ada, grace, barbara]) {
    expect(complaints).toEqual([]);
    await close();
  }
});
