import type { Page } from 'playwright-core';
import { until } from '../until.ts';

/** How a page came to be there, in milliseconds from the beginning of its load; noted in the page itself. */
export interface PageLoad {
  /** All that was waited for was there. */
  usable: number;
  /**
   * The longest time in which the page could do nothing else, until then and shortly after. The browser's own work
   * before the first script is not counted.
   */
  longestTask: number;
}

/** After it is usable, a page may still be at work. */
const AFTERWARDS_MS = 1_000;

/**
 * From the next load on: when all of the selectors are on the page, and `text` is within the first, for the first time.
 * Call what it gives after the load has begun.
 */
export async function watchLoads(
  page: Page,
  selectors: readonly string[],
  text: string,
): Promise<() => Promise<PageLoad>> {
  await page.addInitScript(
    ({ selectors, text }) => {
      // Frames of the page itself only.
      if (window.top !== window) return;
      const noted = { usable: 0, longestTask: 0 };
      Reflect.set(window, 'pageLoad', noted);
      const began = performance.now();
      new PerformanceObserver((list) => {
        const own = list.getEntries().filter(({ startTime }) => startTime >= began);
        for (const { duration } of own) noted.longestTask = Math.max(noted.longestTask, duration);
      }).observe({ type: 'longtask', buffered: true });
      const [first = ''] = selectors;
      const look = (): void => {
        const there = selectors.every((one) => document.querySelector(one) !== null);
        const said = there && [...document.querySelectorAll(first)].some((one) => one.textContent?.includes(text));
        if (said) noted.usable = performance.now();
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    },
    { selectors: [...selectors], text },
  );
  return async () => {
    const read = () => page.evaluate(() => Reflect.get(window, 'pageLoad') as PageLoad | undefined);
    await until(async () => ((await read())?.usable ?? 0) > 0, { within: 120_000, what: 'the page is usable' });
    await new Promise((resolve) => setTimeout(resolve, AFTERWARDS_MS));
    const load = await read();
    if (load === undefined) throw new Error('the page has noted nothing of its load');
    return load;
  };
}
