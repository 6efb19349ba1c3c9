import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { serveStage } from './stage.ts';

/** A picture of an app on its stage. */
export interface Picture {
  /** Of its file, behind which the theme is put. */
  name: string;
  /** What stands behind `stage.html` in the address. */
  scene: string;
  width: number;
  height: number;
  /** What is done before it is taken. */
  act?: ((page: Page) => Promise<void>) | undefined;
}

/**
 * Takes pictures of an app's stage, each in the light and in the dark, into its folder `screenshots`, which git
 * ignores. With words on the command line only those whose name has one of them.
 *
 * @param app the app's folder, with the slash at its end
 * @param ready selector of what is there when a scene is
 */
export async function takePictures(app: URL, ready: string, pictures: readonly Picture[]): Promise<void> {
  const wanted = process.argv.slice(2);
  const folder = fileURLToPath(new URL('screenshots', app));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const stage = await serveStage(app);
  const browser = await launchBrowser();
  let count = 0;
  try {
    for (const theme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ colorScheme: theme, reducedMotion: 'reduce', locale: 'en-GB' });
      const page = await context.newPage();
      for (const { name, scene, width, height, act } of pictures) {
        const file = `${name}.${theme}`;
        if (wanted.length > 0 && !wanted.some((word) => file.includes(word))) continue;
        await page.setViewportSize({ width, height });
        // Scenes may differ behind the # only, which would load nothing.
        await page.goto('about:blank');
        await page.goto(`${stage.url}/stage.html${scene}`);
        await page.locator(ready).first().waitFor();
        await act?.(page);
        await page.screenshot({ path: join(folder, `${file}.png`), animations: 'disabled' });
        count += 1;
      }
      await context.close();
    }
  } finally {
    await browser.close();
    await stage.close();
  }
  process.stdout.write(`${count} pictures in ${folder}\n`);
}
