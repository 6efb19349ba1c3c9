import { launchBrowser, openPage, serveStage } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';

const stage = await serveStage(new URL('../', import.meta.url));
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await stage.close();
});

it.each(['empty', 'bot', 'waiting', 'rated'])('a phone does not enlarge the page for a field: %s', async (state) => {
  await using stack = new AsyncDisposableStack();
  const { page, close } = await openPage(browser, { viewport: { width: 390, height: 800 } });
  stack.defer(close);
  // The reader's letters are smaller than usual.
  await page.addInitScript(() => {
    document.addEventListener('DOMContentLoaded', () =>
      document.documentElement.style.setProperty('font-size', '12px'),
    );
  });
  await page.goto(`${stage.url}/stage.html?state=${state}#lang=en`);
  const fields = page.locator('textarea, input:not([type="radio"], [type="checkbox"]), select');
  await fields.first().waitFor();
  const sizes = await fields.evaluateAll((all) =>
    all.map((field) => Number.parseFloat(getComputedStyle(field).fontSize)),
  );
  expect(sizes.length).toBeGreaterThan(0);
  for (const size of sizes) expect(size).toBeGreaterThanOrEqual(16);
});
