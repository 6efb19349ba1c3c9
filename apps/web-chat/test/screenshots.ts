// `pnpm screenshots`: every named state of the chat at three widths, light and dark, in screenshots/ (not kept by git).
// With words (`pnpm screenshots waiting ar`) only the pictures whose name has one of them.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser, serveStage } from '@baton/testkit/browser';
import { states } from '../stage/states.ts';

const folder = fileURLToPath(new URL('../screenshots', import.meta.url));
const wanted = process.argv.slice(2);

interface Shot {
  name: string;
  state: string;
  width: number;
  height: number;
  hash: string;
  frame?: boolean;
}
const views = [
  { name: 'phone', width: 320, height: 640 },
  { name: 'tablet', width: 768, height: 900 },
  { name: 'desk', width: 1280, height: 800 },
];
const shots: Shot[] = [
  ...Object.keys(states).flatMap((state) =>
    views.map(({ name, width, height }): Shot => ({ name: `${state}.${name}`, state, width, height, hash: 'lang=en' })),
  ),
  ...['empty', 'bot', 'waiting', 'closed'].map(
    (state): Shot => ({ name: `widget-${state}`, state, width: 400, height: 680, hash: 'lang=en', frame: true }),
  ),
  { name: 'widget-colour', state: 'bot', width: 400, height: 680, hash: 'lang=en&color=gold', frame: true },
  ...['ar', 'de', 'es', 'zh'].flatMap((language) =>
    ['empty', 'waiting', 'agent', 'rated'].flatMap((state) =>
      [views[0], views[2]].flatMap((view): Shot[] =>
        view === undefined
          ? []
          : [
              {
                ...view,
                name: `${language}-${state}.${view.name}`,
                state,
                hash: `lang=${language}&title=Lumen%20%26%20Leaf`,
              },
            ],
      ),
    ),
  ),
];

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const stage = await serveStage(new URL('../', import.meta.url));
const browser = await launchBrowser();
let count = 0;
try {
  for (const theme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme: theme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    for (const shot of shots) {
      const name = `${shot.name}.${theme}`;
      if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
      await page.setViewportSize(shot);
      await page.goto('about:blank');
      await page.goto(`${stage.url}/stage.html?state=${shot.state}${shot.frame ? '&frame' : ''}#${shot.hash}`);
      await page.locator('.sheet').waitFor();
      await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
      count += 1;
    }
    await context.close();
  }
} finally {
  await browser.close();
  await stage.close();
}
process.stdout.write(`${count} pictures in ${folder}\n`);
