// `pnpm screenshots`: every named state of the console at three widths, light and dark, in screenshots/ (not kept by
// git).
// With words (`pnpm screenshots crowd dark`) only the pictures whose name has one of them.
import type { Page } from '@baton/testkit/browser';
import { takePictures } from '@baton/testkit/pictures';
import { scenes } from './scenes.ts';
import { supervisorScenes } from './supervisor-scenes.ts';

/** What is opened on top of a scene. */
const opened: Record<string, { scene: string; act: (page: Page) => Promise<void>; dialog?: true }> = {
  'chat-status': { scene: 'lists', act: (page) => page.locator('.status-button').click() },
  'chat-replies': { scene: 'chat', act: (page) => page.getByRole('textbox', { name: /reply/ }).pressSequentially('/') },
  'chat-note': { scene: 'chat', act: (page) => page.keyboard.press('Alt+KeyN') },
  'chat-transfer': {
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
      await page.getByText('Queue diagnostics').click();
      await page.getByRole('button', { name: 'Clear the queue' }).scrollIntoViewIfNeeded();
    },
  },
};
const views = {
  phone: { width: 320, height: 640 },
  tablet: { width: 900, height: 760 },
  desktop: { width: 1440, height: 900 },
};

await takePictures(
  new URL('../', import.meta.url),
  '#app > *',
  [...Object.keys(scenes), ...Object.keys(supervisorScenes), ...Object.keys(opened)].flatMap((name) =>
    Object.entries(views).map(([view, size]) => {
      const special = opened[name];
      return {
        name: `${name}.${view}`,
        scene: `?scene=${special?.scene ?? name}`,
        ...size,
        act: async (page: Page) => {
          await special?.act(page);
          if (special?.dialog) await page.getByRole('dialog').waitFor();
        },
      };
    }),
  ),
);
