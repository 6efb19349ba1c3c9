import { startSystem } from '@baton/testkit';
import { launchBrowser, openPage, type Page } from '@baton/testkit/browser';
import { afterAll, afterEach, expect, it } from 'vitest';

/** The chat page and the console of a shop whose agents have gone home. */
const system = await startSystem({ env: { NOBODY_ONLINE_AFTER_MINUTES: '0.4' } });
const [url = ''] = system.urls;
const browser = await launchBrowser();
afterAll(() => browser.close());

const opened: Awaited<ReturnType<typeof openPage>>[] = [];
afterEach(async () => {
  const complaints = opened.map((one) => one.complaints);
  for (const one of opened.splice(0)) await one.close();
  expect(complaints.flat(), 'console errors, policy violations').toEqual([]);
});
async function open(path: string, size: { width: number; height: number }): Promise<Page> {
  const one = await openPage(browser, { viewport: size, locale: 'en-GB' });
  opened.push(one);
  await one.page.goto(`${url}${path}`);
  return one.page;
}
/** A customer on a phone who has asked for a person. */
async function asking() {
  const page = await open('/', { width: 360, height: 700 });
  const input = page.getByRole('textbox', { name: 'Write a message' });
  await input.waitFor();
  await page.getByRole('button', { name: 'Talk to a person' }).click();
  await page.getByRole('heading', { name: 'Nobody is online right now.' }).waitFor();
  const write = async (text: string) => {
    await input.fill(text);
    await input.press('Enter');
  };
  return { page, write };
}
const heading = (page: Page) => page.getByRole('heading', { level: 1 });

it('says what is so, lets the assistant answer those who wait, and an agent who comes take the chat', async () => {
  const { page, write } = await asking();
  await page.getByText('Would you like to wait for a person, or continue with the assistant?').waitFor();
  expect(await page.locator('body').textContent()).not.toMatch(/you are next|on the way/i);
  await page.getByRole('button', { name: 'Wait', exact: true }).click();
  await page.getByText('A person will join as soon as someone is online.').waitFor();
  await write('When are you open?');
  await page.locator('[role="log"] .row-bot').getByText(/open/i).first().waitFor();
  expect(await heading(page).textContent()).toBe('Nobody is online right now.');

  const grace = await open('/agent', { width: 1280, height: 800 });
  await grace.getByLabel('Your name').fill('Grace');
  await grace.getByRole('button', { name: 'Go online' }).click();
  await page.getByRole('heading', { name: 'A person is on the way.' }).waitFor();
  await page.getByText('You are next.').waitFor();
  await grace.getByRole('button', { name: 'Take next chat' }).click();
  await page.getByText('Grace joined the chat.').waitFor();
  await grace.getByRole('log').getByText('When are you open?').waitFor();
  await grace.getByRole('button', { name: 'End chat' }).click();
  await grace.getByRole('dialog').getByRole('button', { name: 'End chat' }).click();
  await grace.getByText('This chat has ended.').waitFor();
  await grace.getByRole('button', { name: /Your status/ }).click();
  await grace.getByRole('menuitem', { name: 'Sign out' }).click();
  await grace.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await grace.getByLabel('Your name').waitFor();
});

it('lets the customer go on with the assistant', async () => {
  const { page, write } = await asking();
  await page.getByRole('button', { name: 'Continue with the assistant' }).click();
  await page.getByText('You’re back with the assistant.').waitFor();
  await page.getByRole('button', { name: 'Talk to a person' }).waitFor();
  await write('When are you open?');
  await page.locator('[role="log"] .row-bot').getByText(/open/i).first().waitFor();
});

it('gives the chat back to the assistant when nobody comes, and says so', async () => {
  const { page } = await asking();
  await page.getByRole('button', { name: 'Wait', exact: true }).click();
  const told = page.getByText('Nobody is available right now. You’re back with the assistant.');
  await told.waitFor({ timeout: 60_000 });
  expect(await heading(page).textContent()).toBe('You’re chatting with the assistant.');
  await page.getByRole('button', { name: 'Talk to a person' }).waitFor();
});
