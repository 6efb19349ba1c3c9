// `pnpm screenshots`: every named state of the chat at three widths, light and dark, in screenshots/ (not kept by git).
// With words (`pnpm screenshots waiting ar`) only the pictures whose name has one of them.
import { type Picture, takePictures } from '@baton/testkit/pictures';
import { states } from './states.ts';

const phone = { width: 320, height: 640 };
const desktop = { width: 1280, height: 800 };
const views = { phone, tablet: { width: 768, height: 900 }, desktop };
const widget = (name: string, state: string, more = ''): Picture => ({
  name: `widget-${name}`,
  scene: `?state=${state}&frame#lang=en${more}`,
  width: 400,
  height: 680,
});

await takePictures(new URL('../', import.meta.url), '.sheet', [
  ...Object.keys(states).flatMap((state) =>
    Object.entries(views).map(([view, size]) => ({
      name: `${state}.${view}`,
      scene: `?state=${state}#lang=en`,
      ...size,
    })),
  ),
  ...['empty', 'bot', 'waiting', 'closed'].map((state) => widget(state, state)),
  widget('colour', 'bot', '&color=gold'),
  ...['ar', 'de', 'es', 'zh'].flatMap((language) =>
    ['empty', 'waiting', 'alone', 'agent', 'rated'].flatMap((state) =>
      Object.entries({ phone, desktop }).map(([view, size]) => ({
        name: `${language}-${state}.${view}`,
        scene: `?state=${state}#lang=${language}&title=Lumen%20%26%20Leaf`,
        ...size,
      })),
    ),
  ),
]);
