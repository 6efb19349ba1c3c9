import { launchBrowser, openPage, type Page, serveStage, until } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';

const stage = await serveStage(new URL('../../', import.meta.url));
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await stage.close();
});
const show = async (stack: AsyncDisposableStack, state: string): Promise<Page> => {
  const { page, close } = await openPage(browser, { viewport: { width: 400, height: 700 }, reducedMotion: 'reduce' });
  stack.defer(close);
  await page.goto(`${stage.url}/stage.html?state=${state}#lang=en`);
  await page.locator('.sheet').waitFor();
  return page;
};
const message = (page: Page, own: boolean, content: string) =>
  page.evaluate(
    ({ own, content }) =>
      window.stage((state) => ({
        ...state,
        items: [
          ...state.items,
          {
            kind: 'message',
            key: content,
            own,
            content,
            sender: own ? 'user' : 'bot',
            timestamp: new Date().toISOString(),
            ...(own && { delivery: 'sending' as const, clientMessageId: content }),
          },
        ],
      })),
    { own, content },
  );
const toTheEnd = (page: Page) =>
  page
    .locator('.scroller')
    .evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);

it('who writes while reading further up sees what they wrote; what others write leaves them there', async () => {
  await using stack = new AsyncDisposableStack();
  const page = await show(stack, 'many');
  await page.getByText('Answer 499').waitFor();
  await page.locator('.scroller').hover();
  await page.mouse.wheel(0, -3_000);
  await page.getByRole('button', { name: 'Newest messages' }).waitFor();
  await message(page, false, 'From the other side');
  await page.evaluate(() => window.stage((state) => ({ ...state, unread: 1 })));
  const newest = page.getByRole('status').getByRole('button', { name: '1 new message' });
  await newest.waitFor();
  expect(await toTheEnd(page)).toBeGreaterThan(1_000);
  await message(page, true, 'From here');
  await until(async () => (await toTheEnd(page)) < 2);
  await newest.waitFor({ state: 'detached' });
  await page.getByText('From the other side').waitFor();
  await page.getByText('From here').waitFor();
});

it('a message without end shows its beginning; who opens it reads on from where they are', async () => {
  await using stack = new AsyncDisposableStack();
  const page = await show(stack, 'long-names');
  const words = page.locator('.row-words', { hasText: 'wwww' });
  const length = () => words.evaluate(({ textContent }) => textContent.length);
  expect(await length()).toBeLessThan(2_000);
  const more = words.getByRole('button', { name: 'Show more' });
  await more.focus();
  await page.keyboard.press('Enter');
  await words.getByRole('button', { name: 'Show less' }).waitFor();
  expect(await length()).toBeGreaterThan(16_000);
  await page.getByRole('button', { name: 'Newest messages' }).waitFor();
  await page.keyboard.press('Enter');
  await more.waitFor();
  const log = page.getByRole('log');
  expect(await log.locator('pre').last().textContent()).toBe('Error: at line 3');
  expect(await log.getByRole('link', { name: 'help@shop.example' }).getAttribute('href')).toBe(
    'mailto:help@shop.example',
  );
  await log.getByText('30*20*10 cm').waitFor();
});

it('a message without an answer for 3 s says so, and so does one without a connection', async () => {
  await using stack = new AsyncDisposableStack();
  const page = await show(stack, 'bot');
  await message(page, true, 'On its way');
  const begun = performance.now();
  await page.getByText('Sending…').waitFor();
  await page.getByText('Still sending…').waitFor();
  expect(performance.now() - begun).toBeLessThan(12_000);
  await page.evaluate(() => window.stage((state) => ({ ...state, connection: 'offline' })));
  await page.getByText('Waiting for the connection').waitFor();
});

/** The role or name of what has the focus. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('placeholder') ?? document.activeElement?.className ?? '');

it.each([
  ['Talk to a person', 'bot', 'waiting', 'Write a message'],
  ['Never mind', 'waiting', 'bot', 'Write a message'],
  ['Delete', 'failed', 'bot', 'Write a message'],
  ['Try again', 'refused', 'bot', 'Write a message'],
  ['Where is my order?', 'empty', 'bot', 'Write a message'],
  ['Start a new chat', 'closed', 'empty', 'Write a message'],
  ['Talk to a person', 'bot', 'closed', 'ending'],
])('%s in the state %s takes itself away, and leaves the keyboard at a place of use', async (name, from, to, heir) => {
  await using stack = new AsyncDisposableStack();
  const page = await show(stack, from);
  const control = page.getByRole('button', { name, exact: true }).first();
  await control.focus();
  await page.keyboard.press('Enter');
  await page.evaluate((next) => window.turn(next), to);
  await control.waitFor({ state: 'detached' });
  await until(async () => (await focused(page)) === heir);
});

it('a reader who has left the keyboard alone is not led anywhere', async () => {
  await using stack = new AsyncDisposableStack();
  const page = await show(stack, 'bot');
  await page.getByRole('button', { name: 'Talk to a person' }).focus();
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.evaluate(() => window.turn('waiting'));
  await page.getByRole('button', { name: 'Never mind' }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
});

it('a chat that goes from a person to the bot is told of once, and what a service says is nobody’s words', async () => {
  await using stack = new AsyncDisposableStack();
  const page = await show(stack, 'agent');
  await page.evaluate(() =>
    window.stage((state) => {
      const timestamp = new Date().toISOString();
      const event = (key: string, change: object) =>
        ({
          kind: 'event',
          key,
          seq: 90,
          content: key,
          timestamp,
          change: { by: 'agent', epoch: 9, ...change },
        }) as never;
      return {
        ...state,
        items: [
          ...state.items,
          event('released', { from: 'agent', to: 'waiting', cause: 'agent_released', passing: true }),
          event('returned', { from: 'waiting', to: 'bot', cause: 'agent_returned' }),
          { kind: 'message', key: 'service', own: false, sender: 'system', content: 'Order 4711 was sent.', timestamp },
        ],
      };
    }),
  );
  const log = page.getByRole('log');
  await log.getByText('You’re back with the assistant.').waitFor();
  expect(await log.getByText('You’re back in the queue').count()).toBe(0);
  await log.locator('.row-event').getByText('Order 4711 was sent.').waitFor();
  expect(await log.locator('.row').getByText('Order 4711 was sent.').count()).toBe(0);
});

it.each([
  ['empty', ['Lumen & Leaf', 'Assistant', 'Hello! How can we help?']],
  ['bot', ['Lumen & Leaf', 'Assistant', 'You’re chatting with the assistant.']],
  ['waiting', ['Lumen & Leaf', 'In queue', 'A person is on the way.']],
  ['agent', ['Lumen & Leaf', 'Grace Hopper', 'You’re chatting with Grace Hopper.']],
  ['closed', ['Lumen & Leaf', 'Chat ended', 'Thank you for chatting with us.']],
])('in the state %s the page names who is there, and nobody who is not', async (state, words) => {
  await using stack = new AsyncDisposableStack();
  const page = await show(stack, state);
  await page.setViewportSize({ width: 1_280, height: 700 });
  const porch = page.locator('.porch');
  const lead = await porch.locator('.porch-lead').innerText();
  const shown = (await porch.innerText()).split('\n').map((line) => line.trim());
  // An avatar has the initials of a person on it.
  expect(shown.filter((line) => line !== '' && line !== lead && !/^[A-Z]{1,2}$/.test(line))).toEqual(words);
});
