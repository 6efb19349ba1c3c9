import { startSystem } from '@baton/testkit';
import { launchBrowser, openPage } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';

const system = await startSystem({ envOf: { gateway: { AGENT_KEY: 'agents-only', ADMIN_KEY: 'operators-only' } } });
const url = system.urls[0] ?? '';
const browser = await launchBrowser();
afterAll(() => browser.close());

it('an installation with keys asks agents for theirs, and knows them again after a reload', async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.goto(`${url}/agent`);
  await page.getByLabel('Your name').fill('Eve');
  expect(await page.getByLabel('Agent key').count()).toBe(0);
  await page.getByRole('button', { name: 'Go online' }).click();
  await page.getByLabel('Agent key').fill('guessed');
  await page.getByRole('button', { name: 'Go online' }).click();
  await page.getByText('The key is missing or wrong.').waitFor();
  await page.getByLabel('Agent key').fill('agents-only');
  await page.getByRole('button', { name: 'Go online' }).click();
  await page.getByRole('heading', { name: 'Queue', exact: true }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: /Eve. Your status: Available/ }).waitFor();
  await page.getByRole('button', { name: /Your status/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  expect(await page.getByLabel('Your name').inputValue()).toBe('Eve');
  expect(complaints).toEqual([]);
  await close();
});

it('and operators for theirs', async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.goto(`${url}/admin`);
  await page.getByLabel('Supervisor key').fill('agents-only');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('The key is missing or wrong.').waitFor();
  // The form is the same one before and after the answer: what was typed stays, to be corrected.
  expect(await page.getByLabel('Supervisor key').inputValue()).toBe('agents-only');
  await page.getByLabel('Supervisor key').fill('operators-only');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('All systems operational').waitFor();
  await page.reload();
  await page.getByText('All systems operational').waitFor();
  expect(complaints).toEqual([]);
  await close();
});
