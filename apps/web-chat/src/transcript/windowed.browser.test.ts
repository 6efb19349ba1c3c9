import { launchBrowser, openPage, type Page, serveStage, until } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';

const stage = await serveStage(new URL('../../', import.meta.url));
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await stage.close();
});
/** A chat of 500 messages, the last of them "Answer 499". */
const show = async (stack: AsyncDisposableStack): Promise<Page> => {
  const { page, close } = await openPage(browser, { viewport: { width: 400, height: 700 }, reducedMotion: 'reduce' });
  stack.defer(close);
  await page.goto(`${stage.url}/stage.html?state=many#lang=en`);
  await page.getByText('Answer 499').waitFor();
  return page;
};
const rows = (page: Page) => page.locator('[role="log"] > :not([data-gap])').count();
const scrollBy = async (page: Page, px: number): Promise<void> => {
  await page.locator('.scroller').evaluate(async (scroller, by) => {
    scroller.scrollTop += by;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }, px);
};
/** The message at the top of the view, and how far from the top it begins. */
const topOfView = (page: Page) =>
  page.locator('.scroller').evaluate((scroller) => {
    const { top } = scroller.getBoundingClientRect();
    const row = [...scroller.querySelectorAll('[role="log"] > .row')].find(
      (one) => one.getBoundingClientRect().bottom > top,
    );
    return { text: row?.textContent ?? '', at: Math.round((row?.getBoundingClientRect().top ?? 0) - top) };
  });

it('only rows near the view are in the page, wherever the reader is, and every one comes', async () => {
  await using stack = new AsyncDisposableStack();
  const page = await show(stack);
  const found = new Set<number>();
  for (let step = 0; step < 400; step += 1) {
    const numbers = await page
      .locator('[role="log"] > .row')
      .evaluateAll((all) => all.map((row) => Number(/(?:Question|Answer) (\d+)/.exec(row.textContent ?? '')?.[1])));
    expect(numbers.length).toBeLessThan(100);
    expect(numbers, 'in order').toEqual([...numbers].sort((a, b) => a - b));
    for (const number of numbers) found.add(number);
    if (found.has(0)) break;
    await scrollBy(page, -500);
  }
  expect(found.size).toBe(500);
  await page.getByText('Hello!').or(page.locator('.welcome')).first().waitFor();
  // From one end to the other at once.
  await page.locator('.scroller').focus();
  await page.keyboard.press('End');
  await page.getByText('Answer 499').waitFor();
  expect(await rows(page)).toBeLessThan(100);
});

it('what the reader looks at stays where it is, whatever comes above and below', async () => {
  await using stack = new AsyncDisposableStack();
  const page = await show(stack);
  await scrollBy(page, -4_000);
  const before = await topOfView(page);
  expect(before.text).not.toBe('');
  await page.evaluate(() =>
    window.stage((state) => {
      const [first] = state.items;
      if (first?.kind !== 'message') throw new Error('no first message');
      const earlier = Array.from({ length: 200 }, (_, index) => ({
        ...first,
        key: `earlier ${index}`,
        content: `Earlier ${index} `.repeat(1 + (index % 30)),
      }));
      const later = { ...first, key: 'later', own: false, content: 'Later' };
      return { ...state, items: [...earlier, ...state.items, later] };
    }),
  );
  await page.evaluate(() => new Promise(requestAnimationFrame));
  const after = await topOfView(page);
  expect(after.text).toBe(before.text);
  // Browsers round.
  expect(Math.abs(after.at - before.at)).toBeLessThanOrEqual(1);
  // Nor do rows jump whose heights were guessed, step by step up to those that were never drawn.
  for (let step = 0; step < 100; step += 1) {
    const { text, at } = await topOfView(page);
    await scrollBy(page, -100);
    const moved = await page.locator('.scroller').evaluate((scroller, wanted) => {
      const row = [...scroller.querySelectorAll('[role="log"] > .row')].find((one) => one.textContent === wanted);
      return Math.round((row?.getBoundingClientRect().top ?? Number.NaN) - scroller.getBoundingClientRect().top);
    }, text);
    expect(Math.abs(moved - at - 100), text).toBeLessThanOrEqual(2);
  }
});

it('a row that has the focus stays, and so does what is selected', async () => {
  await using stack = new AsyncDisposableStack();
  const page = await show(stack);
  await page.evaluate(() =>
    window.stage((state) => {
      const last = state.items.at(-1);
      if (last?.kind !== 'message') throw new Error('no last message');
      const link = { ...last, key: 'link', content: 'See https://shop.example/a' };
      return { ...state, items: [...state.items, link, { ...last, key: 'last', content: 'Select me' }] };
    }),
  );
  const link = page.getByRole('link', { name: 'https://shop.example/a' });
  await link.focus();
  await page.getByText('Select me').evaluate((element) => document.getSelection()?.selectAllChildren(element));
  for (let step = 0; step < 10; step += 1) await scrollBy(page, -2_000);
  await until(async () => !(await page.getByText('Answer 499').isVisible()));
  expect(await page.getByText('Answer 497').count(), 'rows beside them are gone').toBe(0);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('https://shop.example/a');
  expect(await page.evaluate(() => document.getSelection()?.toString())).toBe('Select me');
  for (let step = 0; step < 12; step += 1) await scrollBy(page, 2_000);
  await page.getByText('Answer 499').waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent), 'on the way back').toBe(
    'https://shop.example/a',
  );
  for (let step = 0; step < 10; step += 1) await scrollBy(page, -2_000);
  await page.evaluate(() => {
    document.getSelection()?.removeAllRanges();
    (document.activeElement as HTMLElement).blur();
  });
  for (let step = 0; step < 2; step += 1) await scrollBy(page, -2_000);
  expect(await page.getByText('Select me').count()).toBe(0);
  // All of the page is selected: that is no reason to draw all of it.
  await page.keyboard.press('Control+a');
  await scrollBy(page, -2_000);
  expect(await rows(page)).toBeLessThan(100);
});

it('a screen reader is read what comes, and not what scrolling brings', async () => {
  await using stack = new AsyncDisposableStack();
  const page = await show(stack);
  const log = page.getByRole('log');
  const live = () => log.getAttribute('aria-live');
  await until(async () => (await live()) === 'polite');
  // In the same turn in which rows are put in, at the latest.
  await page.evaluate(() => {
    const log = document.querySelector('[role="log"]');
    const read = new Set<string | null>();
    Reflect.set(window, 'read', read);
    new MutationObserver((changes) => {
      if (changes.some(({ addedNodes }) => addedNodes.length > 0)) read.add(log?.getAttribute('aria-live') ?? null);
    }).observe(log ?? document.body, { childList: true });
  });
  for (let step = 0; step < 10; step += 1) await scrollBy(page, -1_000);
  expect(await page.evaluate(() => [...(Reflect.get(window, 'read') as Set<string>)])).toEqual(['off']);
  await page.getByRole('button', { name: 'Newest messages' }).click();
  await page.getByText('Answer 499').waitFor();
  expect(await live()).toBe('off');
  await until(async () => (await live()) === 'polite');
});

it('a list that opens draws five rows in a task, until the view is filled, and stays at its end', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, close } = await openPage(browser, { viewport: { width: 400, height: 2_400 }, reducedMotion: 'reduce' });
  stack.defer(close);
  await page.addInitScript(() => {
    const drawnByTask: number[] = [];
    Reflect.set(window, 'drawnByTask', drawnByTask);
    const marker = new MessageChannel();
    let sameTask = false;
    let before = 0;
    marker.port1.onmessage = () => {
      sameTask = false;
    };
    new MutationObserver(() => {
      const rows = document.querySelectorAll('[role="log"] > :not([data-gap])').length;
      if (rows > before) {
        if (!sameTask) drawnByTask.push(0);
        drawnByTask.push((drawnByTask.pop() ?? 0) + rows - before);
        sameTask = true;
        marker.port2.postMessage(null);
      }
      before = rows;
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${stage.url}/stage.html?state=many#lang=en`);
  const drawnByTask = () => page.evaluate(() => Reflect.get(window, 'drawnByTask') as number[]);
  const fromEnd = () =>
    page
      .locator('.scroller')
      .evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
  await until(async () => (await drawnByTask()).length > 1 && (await rows(page)) > 20);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  expect(Math.max(...(await drawnByTask())), String(await drawnByTask())).toBeLessThanOrEqual(5);
  expect(await fromEnd()).toBeLessThanOrEqual(1);
});
