import {
  type Browser,
  type BrowserContextOptions,
  type Locator,
  openPage,
  type Page,
  until,
} from '@baton/testkit/browser';

/** What a visitor sees and does on a page with the chat. */
export interface ChatPage {
  page: Page;
  complaints: string[];
  input: Locator;
  /** Types and presses Enter. */
  write: (text: string) => Promise<void>;
  /** The words of every message and event, in order. */
  lines: () => Promise<string[]>;
  /** Those of the visitor's own messages. */
  own: () => Promise<string[]>;
  /** The row whose words contain the text. */
  row: (text: string) => Locator;
  close: () => Promise<void>;
}

/** Opens the full page in a browser context of its own. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<ChatPage> {
  const { page, complaints, close } = await openPage(browser, { locale: 'en-GB', ...options });
  await page.goto(url);
  const chat = chatOn(page);
  await chat.input.waitFor();
  return { ...chat, page, complaints, close };
}

/**
 * From the next load on, when something that matches is on the page for the first time: ms since the load began. Noted
 * in the page itself, so that our own slowness is not counted.
 */
export async function timeUntilThere(page: Page, selector: string): Promise<() => Promise<number>> {
  await page.addInitScript((wanted) => {
    new MutationObserver((_, observer) => {
      if (document.querySelector(wanted) === null) return;
      Reflect.set(window, 'thereAfter', performance.now());
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  }, selector);
  return () => until(() => page.evaluate(() => Reflect.get(window, 'thereAfter') as number | undefined));
}

/** As far as most of a screen, and until what comes into view is there. */
export const scrollUp = (scroller: Locator): Promise<void> =>
  scroller.evaluate(async (element) => {
    element.scrollTop -= 500;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });

/** The same inside of a frame. */
export function chatOn(place: Pick<Page, 'getByRole' | 'locator'>) {
  const input = place.getByRole('textbox', { name: 'Write a message' });
  const texts = (selector: string): Promise<string[]> => place.locator(`[role="log"] ${selector}`).allTextContents();
  return {
    input,
    write: async (text: string): Promise<void> => {
      await input.fill(text);
      await input.press('Enter');
    },
    lines: () => texts('.row-words, [role="log"] .row-event'),
    own: () => texts('.row-own .row-words'),
    row: (text: string): Locator => place.locator('.row').filter({ hasText: text }),
  };
}
