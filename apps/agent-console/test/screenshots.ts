// `pnpm screenshots`: every named state of the console at three widths, light and dark, in screenshots/ (not kept by git).
// With words (`pnpm screenshots crowd dark`) only the pictures whose name has one of them.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser, type Page, serveStage } from '@baton/testkit/browser';
import { operatorScenes } from '../stage/operator-scenes.ts';
import { scenes } from '../stage/scenes.ts';

const folder = fileURLToPath(new URL('../screenshots', import.meta.url));
const wanted = process.argv.slice(2);

/** What is opened on top of a scene. */
const opened: Record<string, { scene: string; act: (page: Page) => Promise<void>; dialog?: true }> = {
  'chat-status': { scene: 'lists', act: (page) => page.locator('.status-button').click() },
  'chat-replies': { scene: 'chat', act: (page) => page.getByRole('textbox', { name: /reply/ }).pressSequentially('/') },
  'chat-note': { scene: 'chat', act: (page) => page.keyboard.press('Alt+KeyN') },
  'chat-hand-over': {
    scene: 'chat',
    act: async (page) => {
      await page.keyboard.press('Alt+KeyT');
      await page.getByRole('radio', { name: /colleague/ }).check();
    },
  },
  'chat-end': { scene: 'chat', act: (page) => page.keyboard.press('Alt+KeyC'), dialog: true },
  'chat-shortcuts': { scene: 'chat', act: (page) => page.keyboard.press('Alt+KeyH'), dialog: true },
  'chat-saved-replies': { scene: 'chat', act: (page) => page.keyboard.press('Alt+KeyK'), dialog: true },
  'admin-queue': {
    scene: 'admin-trouble',
    act: async (page) => {
      await page.getByText('The queue, as stored').click();
      await page.getByRole('button', { name: 'Clear the queue' }).scrollIntoViewIfNeeded();
    },
  },
};
const views = [
  { name: 'phone', width: 320, height: 640 },
  { name: 'tablet', width: 900, height: 760 },
  { name: 'desk', width: 1440, height: 900 },
];
const names = [...Object.keys(scenes), ...Object.keys(operatorScenes), ...Object.keys(opened)];

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const stage = await serveStage(new URL('../', import.meta.url));
const browser = await launchBrowser();
let count = 0;
try {
  for (const theme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme: theme, reducedMotion: 'reduce', locale: 'en-GB' });
    const page = await context.newPage();
    for (const name of names) {
      for (const view of views) {
        const picture = `${name}.${view.name}.${theme}`;
        if (wanted.length > 0 && !wanted.some((word) => picture.includes(word))) continue;
        const special = opened[name];
        await page.setViewportSize(view);
        await page.goto(`${stage.url}/stage.html?scene=${special?.scene ?? name}`);
        await page.locator('#app > *').first().waitFor();
        await special?.act(page);
        if (special?.dialog) await page.getByRole('dialog').waitFor();
        await page.screenshot({ path: join(folder, `${picture}.png`), animations: 'disabled' });
        count += 1;
      }
    }
    await context.close();
  }
} finally {
  await browser.close();
  await stage.close();
}
process.stdout.write(`${count} pictures in ${folder}\n`);
