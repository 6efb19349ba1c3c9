import { type Chat, createChat, memoryStorage } from '@baton/client';
import { startSystem } from '@baton/testkit';
import { launchBrowser, until } from '@baton/testkit/browser';
import { afterAll, afterEach, expect, it } from 'vitest';
import { type ConsolePage, goOnline } from '../test/console-page.ts';

// A long chat is written in seconds rather than minutes.
const system = await startSystem({
  envOf: { gateway: { MESSAGE_RATE: '1000', MESSAGE_BURST: '1000', EVENT_RATE: '1000' } },
});
const url = system.urls[0] ?? '';
const browser = await launchBrowser();
afterAll(() => browser.close());

const ends: (() => unknown)[] = [];
const consoles: ConsolePage[] = [];
afterEach(async () => {
  for (const { page, complaints } of consoles.splice(0)) {
    expect(complaints, 'console errors, policy violations').toEqual([]);
    // Offline, so that nobody is left who could be assigned a chat of another test.
    await page.evaluate(() => localStorage.clear());
  }
  for (const end of ends.splice(0)) await end();
});

async function agent(name: string): Promise<ConsolePage> {
  const console = await goOnline(browser, url, name);
  consoles.push(console);
  ends.push(console.close);
  return console;
}

/** A customer by the SDK. */
function customer(name: string): Chat {
  const chat = createChat({ url, userId: name, storage: memoryStorage(), metadata: { name, plan: 'Business' } });
  ends.push(async () => {
    if (chat.state.phase === 'open') await chat.end();
    chat.close();
  });
  return chat;
}
async function waitingCustomer(name: string): Promise<Chat> {
  const chat = customer(name);
  await chat.start();
  await chat.requestAgent(`${name} asks`);
  return chat;
}
const textsOf = (chat: Chat): string[] =>
  chat.state.items.flatMap((item) => (item.kind === 'message' ? [item.content] : []));
const heard = (chat: Chat, text: string) => until(() => textsOf(chat).includes(text), { what: `hears ${text}` });

it('an agent takes a customer, both talk, and the chat ends', async () => {
  const eve = await agent('Eve');
  const { page } = eve;
  const ann = customer('Ann Example');
  await ann.start();
  ann.send('Where is parcel 4711?');
  ann.send('I want to speak to a human');
  await page.getByRole('list', { name: 'Queue' }).getByText('Ann Example').waitFor();
  await eve.takeNext('Ann Example');
  // The bot's part is there, and what it told of the chat.
  await page.getByRole('log').getByText('Where is parcel 4711?').waitFor();
  await page.getByRole('log').getByText('Handed off by the bot').waitFor();
  await page.getByRole('region', { name: 'Customer details' }).getByText('Business').waitFor();
  await eve.reply('Ann Example', 'Hello Ann, **Eve** here');
  await heard(ann, 'Hello Ann, **Eve** here');
  // People's words are as they wrote them.
  await page.getByRole('log').getByText('Hello Ann, **Eve** here').waitFor();

  ann.setTyping(true);
  await page.getByText('Ann Example is typing').waitFor({ state: 'attached' });
  ann.send('Thank you!');
  await page.getByRole('log').getByText('Thank you!').waitFor();
  await until(() => ann.state.seenByOther >= (ann.state.items.at(-1)?.seq ?? 0), { what: 'seen by the agent' });
  await page.getByRole('textbox', { name: /Your reply/ }).pressSequentially('You are');
  await until(() => ann.state.typing?.name === 'Eve', { what: 'the agent is typing' });

  await page.keyboard.press('Alt+KeyC');
  await page.getByRole('dialog').getByLabel('Outcome').fill('parcel found');
  await page.getByRole('dialog').getByRole('button', { name: 'End chat' }).click();
  await page.getByText('This chat has ended.').waitFor();
  await until(() => ann.state.phase === 'closed');
});

it('several chats: unread marks, order, a draft in each, and moving between them by keyboard', async () => {
  const eve = await agent('Eve');
  const { page } = eve;
  const ann = await waitingCustomer('Ann Early');
  const bob = await waitingCustomer('Bob Later');
  await page.keyboard.press('Alt+KeyP');
  await page.getByRole('heading', { level: 2, name: 'Ann Early' }).waitFor();
  await page.keyboard.type('half a sentence to Ann');
  await page.keyboard.press('Alt+KeyP');
  await page.getByRole('heading', { level: 2, name: 'Bob Later' }).waitFor();
  await eve.reply('Bob Later', 'Hello Bob');
  await heard(bob, 'Hello Bob');

  ann.send('Are you there?');
  ann.send('Hello?');
  const annRow = page.getByRole('button', { name: /Ann Early/ });
  await annRow.getByText('2 unread messages').waitFor({ state: 'attached' });
  await until(async () => (await page.title()).startsWith('(2)'), { what: 'the title says two' });
  await annRow.getByText('Draft: half a sentence to Ann').waitFor();
  // She waits for an answer and he does not, so she is first.
  expect(await page.getByRole('list', { name: 'My chats' }).getByRole('button').allInnerTexts()).toMatchObject([
    expect.stringContaining('Ann Early'),
    expect.stringContaining('Bob Later'),
  ]);
  await page.keyboard.press('Alt+KeyJ');
  await page.getByRole('heading', { level: 2, name: 'Ann Early' }).waitFor();
  await until(async () => !(await page.title()).startsWith('('), { what: 'nothing is unread' });
  expect(await page.getByRole('textbox', { name: /Ann Early/ }).inputValue()).toBe('half a sentence to Ann');
  await page.keyboard.press('Enter');
  await heard(ann, 'half a sentence to Ann');
  await page.keyboard.press('Alt+Digit2');
  await page.getByRole('heading', { level: 2, name: 'Bob Later' }).waitFor();
});

it('shows that a customer has left the page, and that the customer is back', async () => {
  const eve = await agent('Eve');
  const { page } = eve;
  const storage = memoryStorage();
  const ann = createChat({ url, userId: 'Ann Gone', storage, metadata: { name: 'Ann Gone' } });
  await ann.start();
  await ann.requestAgent('Ann asks');
  await eve.takeNext('Ann Gone');
  const row = page.getByRole('list', { name: 'My chats' }).getByRole('button', { name: /Ann Gone/ });
  const away = page.getByRole('status').filter({ hasText: 'Customer is away' });
  expect(await away.count()).toBe(0);
  ann.close();
  await away.waitFor();
  await row.getByText('away', { exact: true }).waitFor();
  const back = createChat({ url, userId: 'Ann Gone', storage });
  ends.push(async () => {
    await back.end();
    back.close();
  });
  await away.waitFor({ state: 'detached' });
  expect(await row.getByText('away', { exact: true }).count()).toBe(0);
});

it('keeps a draft and the chats over a reload, and sends what was written offline once, in order', async () => {
  const eve = await agent('Eve');
  const { page } = eve;
  const ann = await waitingCustomer('Ann Offline');
  await eve.takeNext('Ann Offline');
  await eve.reply('Ann Offline', 'one');
  await heard(ann, 'one');

  await page.context().setOffline(true);
  await eve.reply('Ann Offline', 'two');
  await eve.reply('Ann Offline', 'three');
  await page.getByText('No connection.').waitFor();
  await page.getByRole('textbox', { name: /Ann Offline/ }).fill('four, half');
  ann.send('said meanwhile');
  await page.context().setOffline(false);
  await page.getByText('Back online.').waitFor();
  await heard(ann, 'three');
  await page.getByRole('log').getByText('said meanwhile').waitFor();
  expect(textsOf(ann).filter((text) => ['one', 'two', 'three'].includes(text))).toEqual(['one', 'two', 'three']);
  expect(await page.getByRole('textbox', { name: /Ann Offline/ }).inputValue()).toBe('four, half');
  // What the browser says of its own lost connection is no fault of the page.
  eve.complaints.length = 0;

  await page.reload();
  await page.getByRole('button', { name: /Ann Offline/ }).click();
  await until(async () => (await eve.lines()).length >= 4);
  expect(new Set((await eve.lines()).slice(-4))).toEqual(new Set(['one', 'two', 'three', 'said meanwhile']));
  const field = page.getByRole('textbox', { name: /Ann Offline/ });
  expect(await field.inputValue()).toBe('four, half');
  await field.press('Enter');
  await heard(ann, 'four, half');
});

it('transfers a chat to a colleague, who sees the note, and from there to the bot', async () => {
  const eve = await agent('Eve');
  const zoe = await agent('Zoe');
  const ann = await waitingCustomer('Ann Handed');
  await eve.takeNext('Ann Handed');
  await eve.page.keyboard.press('Alt+KeyN');
  await eve.page.keyboard.type('Needs an invoice in Spanish');
  await eve.page.keyboard.press('Enter');
  await eve.page.getByRole('log').getByText('Needs an invoice in Spanish').waitFor();
  await eve.page.getByRole('button', { name: 'Transfer' }).click();
  const dialog = eve.page.getByRole('dialog');
  await dialog.getByRole('radio', { name: /A colleague/ }).check();
  await dialog.getByRole('button', { name: 'Transfer' }).click();
  await dialog.getByText('Enter a reason.').waitFor();
  await dialog.getByRole('radio', { name: /Zoe/ }).check();
  await dialog.getByLabel('Reason').fill('speaks Spanish');
  await dialog.getByRole('button', { name: 'Transfer' }).click();
  await eve.page.getByText('You no longer have this chat.').waitFor();
  await eve.page.keyboard.press('Alt+KeyX');
  await eve.page.getByText('No chats yet').waitFor();

  await zoe.page.getByRole('button', { name: /Ann Handed/ }).click();
  await zoe.page.getByRole('log').getByText('Needs an invoice in Spanish').waitFor();
  await zoe.page.getByRole('log').getByText('speaks Spanish').waitFor();
  expect(textsOf(ann)).not.toContain('Needs an invoice in Spanish');
  await until(() => ann.state.session?.agentName === 'Zoe');
  await zoe.page.keyboard.press('Alt+KeyT');
  await zoe.page
    .getByRole('dialog')
    .getByRole('radio', { name: /The bot/ })
    .check();
  await zoe.page.getByRole('dialog').getByLabel('Reason').fill('all done');
  await zoe.page.keyboard.press('Enter');
  await until(() => ann.state.session?.status === 'bot');
  await zoe.page.getByText('You no longer have this chat.').waitFor();
  await zoe.page.getByRole('log').getByText('You returned the chat to the bot').waitFor();
  expect(await zoe.page.getByText('all done').count(), 'the reason is told once').toBe(1);
  expect(await zoe.page.getByText('returned the chat to the queue').count()).toBe(0);
});

it('fills a saved reply in, chosen by keyboard', async () => {
  const eve = await agent('Eve Example');
  const ann = await waitingCustomer('Ann Reply');
  await eve.takeNext('Ann Reply');
  await eve.page.keyboard.type('/hel');
  await eve.page.getByRole('listbox', { name: 'Saved replies' }).waitFor();
  await eve.page.keyboard.press('Enter');
  expect(await eve.page.getByRole('textbox', { name: /Ann Reply/ }).inputValue()).toMatch(
    /^Hello Ann Reply, this is Eve Example\./,
  );
  await eve.page.keyboard.press('Enter');
  await until(() => textsOf(ann).some((text) => text.startsWith('Hello Ann Reply, this is Eve Example.')));

  await eve.page.keyboard.press('Alt+KeyK');
  await eve.page.getByRole('button', { name: 'New reply' }).click();
  await eve.page.getByRole('dialog').getByLabel('Name').fill('Refund');
  await eve.page.getByRole('dialog').getByLabel('Text').fill('Your money is on its way, {{customer}}.');
  await eve.page.getByRole('button', { name: 'Save', exact: true }).click();
  await eve.page.keyboard.press('Escape');
  await eve.page.getByRole('dialog').waitFor({ state: 'detached' });
  await eve.page.keyboard.press('Alt+KeyR');
  await eve.page.keyboard.type('/ref');
  await eve.page.getByRole('option', { name: /refund/ }).waitFor();
  await eve.page.keyboard.press('Tab');
  await eve.page.keyboard.press('Enter');
  await heard(ann, 'Your money is on its way, Ann Reply.');
});

it('sets the status by keyboard, and is offered nothing while offline', async () => {
  const eve = await agent('Eve');
  await eve.page.keyboard.press('Alt+KeyA');
  await eve.page.getByRole('button', { name: /Your status: Busy/ }).waitFor();
  await eve.page.getByRole('button', { name: /Your status/ }).click();
  await eve.page.getByRole('menuitemradio', { name: /Offline/ }).click();
  await eve.page.getByRole('button', { name: /Your status: Offline/ }).waitFor();
  await waitingCustomer('Ann Waits');
  await eve.page.getByText('You’re offline.').waitFor();
  await eve.page.keyboard.press('Alt+KeyA');
  await eve.takeNext('Ann Waits');
});

it('shows the earlier part of a long chat', async () => {
  const eve = await agent('Eve');
  const ann = customer('Ann Long');
  await ann.start();
  await ann.requestAgent('long');
  await eve.takeNext('Ann Long');
  for (let n = 1; n <= 260; n += 1) ann.send(`line ${n}`);
  await eve.page.getByRole('log').getByText('line 260', { exact: true }).waitFor({ timeout: 90_000 });
  await eve.page.reload();
  await eve.page.getByRole('button', { name: /Ann Long/ }).click();
  await eve.page.getByRole('log').getByText('line 260', { exact: true }).waitFor();
  await until(
    async () => {
      await eve.page.keyboard.press('Alt+KeyO');
      return eve.page.getByText('Start of the chat').isVisible();
    },
    { what: 'the beginning is reached' },
  );
  // Only what is near the view is in the page, so it is read by scrolling.
  const found = new Set<string>();
  await until(async () => {
    for (const line of await eve.lines()) found.add(line);
    await eve.page.getByRole('log').evaluate(async (log) => {
      log.scrollTop -= 500;
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    });
    return found.has('line 1');
  });
  for (let n = 1; n <= 260; n += 1) expect(found).toContain(`line ${n}`);
});

it('a reload notifies of no chat that was there before, and of one that is given meanwhile', async () => {
  const eve = await agent('Eve');
  await waitingCustomer('Ann Held');
  await eve.takeNext('Ann Held');
  // Somebody looks elsewhere, and wants to be told.
  await eve.page.addInitScript(() => {
    const told: string[] = [];
    Reflect.set(window, 'told', told);
    class Told {
      static permission = 'granted';
      constructor(title: string) {
        told.push(title);
      }
      close() {}
    }
    Reflect.set(window, 'Notification', Told);
    document.hasFocus = () => false;
  });
  const told = () => eve.page.evaluate(() => Reflect.get(window, 'told') as string[]);
  await eve.page.reload();
  await eve.page.getByRole('heading', { level: 2, name: 'Ann Held' }).waitFor();
  await waitingCustomer('Ben New');
  await until(async () => (await told()).length > 0, { what: 'a new wait is told of' });
  expect((await told()).filter((title) => title.includes('Ann Held'))).toEqual([]);
  await eve.page.keyboard.press('Alt+KeyP');
  await until(async () => (await told()).some((title) => title.includes('Ben New')), { what: 'a new chat is told of' });
});
