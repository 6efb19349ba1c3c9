import { type Browser, openPage, type Page } from '@baton/testkit/browser';

/** What an agent sees and does. */
export interface ConsolePage {
  page: Page;
  complaints: string[];
  /** Takes the next chat, and waits until it is there. */
  takeNext: (customer: string) => Promise<void>;
  /** Writes to the customer whose chat is open. */
  reply: (customer: string, text: string) => Promise<void>;
  /** The words of every message in the open chat, in order. */
  lines: () => Promise<string[]>;
  close: () => Promise<void>;
}

/** Goes online under this name, in a browser context of its own. */
export async function goOnline(browser: Browser, url: string, name: string): Promise<ConsolePage> {
  const { page, complaints, close } = await openPage(browser, { viewport: { width: 1280, height: 800 } });
  await page.goto(`${url}/agent`);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Go online' }).click();
  await page.getByRole('heading', { name: 'Queue', exact: true }).waitFor();
  return {
    page,
    complaints,
    close,
    async takeNext(customer) {
      await page.getByRole('button', { name: 'Take next chat' }).click();
      await page.getByRole('heading', { level: 2, name: customer }).waitFor();
    },
    async reply(customer, text) {
      await page.getByRole('textbox', { name: `Your reply to ${customer}` }).fill(text);
      await page.keyboard.press('Enter');
    },
    lines: () => page.locator('[role="log"] .msg-body').allInnerTexts(),
  };
}
