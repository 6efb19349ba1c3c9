import { launchBrowser, openPage, serveStage } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';

const stage = await serveStage(new URL('../', import.meta.url));
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await stage.close();
});

/** Scenes, and the keys that open what has fields there. */
it.each([
  ['signed-out', undefined],
  ['wrong-key', undefined],
  ['chat', undefined],
  ['chat', 'Alt+KeyC'],
  ['chat', 'Alt+KeyT'],
  ['chat', 'Alt+KeyK'],
  ['chat', 'Alt+KeyG'],
  ['admin-key', undefined],
])('a phone does not enlarge the page for a field: %s %s', async (scene, keys) => {
  await using stack = new AsyncDisposableStack();
  const { page, close } = await openPage(browser, { viewport: { width: 390, height: 800 } });
  stack.defer(close);
  // The reader's letters are smaller than usual.
  await page.addInitScript(() => {
    document.addEventListener('DOMContentLoaded', () =>
      document.documentElement.style.setProperty('font-size', '12px'),
    );
  });
  await page.goto(`${stage.url}/stage.html?scene=${scene}`);
  await page.locator('#app > *').first().waitFor();
  if (keys !== undefined) await page.keyboard.press(keys);
  const fields = page.locator('textarea, input:not([type="radio"], [type="checkbox"]), select');
  await fields.first().waitFor({ state: 'attached' });
  const sizes = await fields.evaluateAll((all) =>
    all.map((field) => Number.parseFloat(getComputedStyle(field).fontSize)),
  );
  for (const size of sizes) expect(size).toBeGreaterThanOrEqual(16);
});
