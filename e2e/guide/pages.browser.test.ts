import { startSystem } from '@baton/testkit';
import { type Browser, launchBrowser, openPage, type Page, until } from '@baton/testkit/browser';
import { afterAll, afterEach, expect, it } from 'vitest';

/** The guide's three scenarios as people live them: customers on the chat page, agents on theirs, at once. */
const system = await startSystem({ envOf: { model: { TOKENS_PER_SECOND: '60' } } });
const url = system.urls[0] ?? '';
const browser: Browser = await launchBrowser();
afterAll(() => browser.close());

const opened: Awaited<ReturnType<typeof openPage>>[] = [];
afterEach(async () => {
  const complaints = opened.map((one) => one.complaints);
  for (const one of opened.splice(0)) await one.close();
  expect(complaints.flat(), 'console errors, policy violations').toEqual([]);
});

async function open(path: string): Promise<Page> {
  const one = await openPage(browser, { viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  opened.push(one);
  await one.page.goto(`${url}${path}`);
  return one.page;
}
async function customer(): Promise<Page> {
  const page = await open('/');
  await page.getByRole('textbox', { name: 'Write a message' }).waitFor();
  return page;
}
async function write(page: Page, text: string): Promise<void> {
  const input = page.getByRole('textbox', { name: 'Write a message' });
  await input.fill(text);
  await input.press('Enter');
}
async function agent(name: string): Promise<Page> {
  const page = await open('/agent');
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Go online' }).click();
  await page.getByRole('heading', { name: 'Queue', exact: true }).waitFor();
  return page;
}
async function reply(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /^Your reply/ }).fill(text);
  await page.keyboard.press('Enter');
}
const heard = (page: Page, text: string) => page.getByRole('log').getByText(text).first().waitFor();
const endChat = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'End chat' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End chat' }).click();
  await page.getByText('This chat has ended.').waitFor();
};

it('customer → bot → human → agent chats → close', async () => {
  const ada = await customer();
  // The answer is seen growing before it is there.
  const growing = ada.locator('.row-growing').waitFor();
  await write(ada, 'When are you open?');
  await growing;
  await ada.locator('.row-growing').waitFor({ state: 'detached' });
  const grace = await agent('Grace');
  await write(ada, 'I want to talk to a human please');
  await ada.getByText('You are next.').waitFor();
  await grace.getByRole('button', { name: 'Take next chat' }).click();
  await heard(grace, 'When are you open?');
  await ada.getByText('Grace joined the chat.').waitFor();

  await grace.getByRole('textbox', { name: /^Your reply/ }).pressSequentially('Hi ');
  await ada.getByText('Grace is writing…').first().waitFor({ state: 'attached' });
  await reply(grace, 'Hi Ada, **Grace** here.');
  await heard(ada, 'Grace');
  await ada.getByRole('textbox', { name: 'Write a message' }).pressSequentially('Gre');
  await grace.getByText(/is typing$/).waitFor({ state: 'attached' });
  await write(ada, 'Great, thank you!');
  await heard(grace, 'Great, thank you!');

  await ada.reload();
  await heard(ada, 'Great, thank you!');
  await grace.reload();
  await grace.getByRole('list', { name: 'My chats' }).getByRole('button').click();
  await heard(grace, 'Great, thank you!');
  await endChat(grace);
  await ada.getByText('Thank you for chatting with us.').waitFor();
});

it('an agent takes the next in line and hands it to a colleague', async () => {
  const edsger = await agent('Edsger');
  const barbara = await agent('Barbara');
  const linus = await customer();
  await linus.getByRole('button', { name: 'Talk to a person' }).click();
  await edsger.getByRole('button', { name: 'Take next chat' }).click();
  await linus.getByText('Edsger joined the chat.').waitFor();
  await edsger.getByRole('button', { name: 'Transfer' }).click();
  const dialog = edsger.getByRole('dialog');
  await dialog.getByRole('radio', { name: /A colleague/ }).check();
  await dialog.getByRole('radio', { name: /Barbara/ }).check();
  await dialog.getByLabel('Reason').fill('Barbara knows billing');
  await dialog.getByRole('button', { name: 'Transfer' }).click();
  await edsger.getByText('You no longer have this chat.').waitFor();
  await linus.getByText('Barbara has taken over.').waitFor();
  await barbara.getByRole('list', { name: 'My chats' }).getByRole('button').click();
  await heard(barbara, 'Barbara knows billing');
  await reply(barbara, 'Hello from Barbara');
  await heard(linus, 'Hello from Barbara');
  await linus.getByRole('button', { name: 'More' }).click();
  await linus.getByRole('menuitem', { name: 'End the chat' }).click();
  await linus.getByRole('dialog').getByRole('button', { name: 'End the chat' }).click();
  await barbara.getByText('This chat has ended.').waitFor();
});

it('[Q1] several customers with different priorities come out in order', async () => {
  const people = [
    { words: 'No hurry, but I would like to talk to a human when somebody has time', answer: 'to the patient one' },
    { words: 'Can I talk to a human please?', answer: 'to the normal one' },
    { words: 'This is outrageous, my payment was taken twice! Get me a human right now!', answer: 'to the angry one' },
  ];
  const pages: Page[] = [];
  for (const { words } of people) {
    const page = await customer();
    await write(page, words);
    // Agents of the tests before count as online for a while.
    await page.getByRole('heading', { name: /^(A person is on the way|Nobody is online right now)\.$/ }).waitFor();
    pages.push(page);
  }
  const margaret = await agent('Margaret');
  const rows = margaret.getByRole('list', { name: 'Queue' }).getByRole('listitem');
  await until(async () => (await rows.count()) === 3);
  expect(await rows.allInnerTexts()).toMatchObject([
    expect.stringContaining('Urgent'),
    expect.not.stringMatching(/Urgent|Low priority/),
    expect.stringContaining('Low priority'),
  ]);
  for (const [index, { words, answer }] of [...people].reverse().entries()) {
    await margaret.keyboard.press('Alt+KeyP');
    await heard(margaret, words);
    await reply(margaret, answer);
    await heard(pages[people.length - 1 - index] ?? margaret, answer);
  }
  for (const page of pages) {
    expect((await page.getByRole('log').textContent())?.match(/to the (patient|normal|angry) one/g)).toHaveLength(1);
  }
  for (const _ of people) {
    await margaret.keyboard.press('Alt+Digit1');
    await endChat(margaret);
    await margaret.keyboard.press('Alt+KeyX');
  }
  await margaret.getByText('No chats yet').waitFor();
});

it('a supervisor sees what goes on, and clears the queue', async () => {
  const katherine = await agent('Katherine');
  const ada = await customer();
  await ada.getByRole('button', { name: 'Talk to a person' }).click();
  await ada.getByText('You are next.').waitFor();
  const supervisor = await open('/admin');
  await supervisor.getByText('All systems operational').waitFor();
  await supervisor
    .getByRole('region', { name: /^Queue ?\d/ })
    .getByRole('row')
    .nth(1)
    .waitFor();
  const agents = supervisor.getByRole('region', { name: /Agents/ });
  await agents.getByRole('row', { name: /Katherine.*Available.*0 \/ 5/ }).waitFor();
  const health = supervisor.getByRole('region', { name: 'System status' });
  for (const part of ['Gateway', 'Sessions', 'Queue', 'Bot', 'Postgres', 'Redis', 'NATS', 'Model'])
    expect(await health.getByRole('listitem').filter({ hasText: part }).textContent()).toContain('Operational');
  await supervisor.getByText('Queue diagnostics').click();
  await supervisor.getByText('Redis and Postgres agree.').waitFor();
  await supervisor.getByRole('button', { name: 'Clear the queue' }).click();
  await supervisor.getByRole('dialog').getByRole('button', { name: 'Clear the queue' }).click();
  await supervisor.getByText('1 chat went back to the bot.').waitFor();
  await ada.getByText('Nobody is available right now. You’re back with the assistant.').waitFor();
  await supervisor.getByText('Nobody is waiting.').waitFor();
  await katherine.getByRole('heading', { name: 'You’re all caught up' }).waitFor();
});
