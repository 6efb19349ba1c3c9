import { createChat, memoryStorage } from '@baton/client';
import { lengthenLog, startSystem, wordsOf } from '@baton/testkit';
import { launchBrowser, type PageLoad, until, watchLoads } from '@baton/testkit/browser';
import { afterAll, expect, it } from 'vitest';
import { goOnline } from '../../test/console-page.ts';

// A chat of the length that is measured is not ended for its length.
const system = await startSystem({ env: { MAX_CHAT_ENTRIES: '10000' } });
const url = system.urls[0] ?? '';
/** It is a long way, step by step. */
const PATIENT = { within: 120_000, every: 1 };
const browser = await launchBrowser();
afterAll(() => browser.close());

/** An agent at a console, with the chat of a customer that has so many messages. */
async function longChat(stack: AsyncDisposableStack, messages: number) {
  const console = await goOnline(browser, url, `Eve ${messages}`);
  stack.defer(async () => {
    await console.page.evaluate(() => localStorage.clear());
    await console.close();
  });
  const customer = `Ann ${messages}`;
  const chat = createChat({ url, userId: customer, storage: memoryStorage(), metadata: { name: customer } });
  stack.defer(() => chat.close());
  await chat.start();
  await chat.requestAgent();
  await console.takeNext(customer);
  const session = await until(() => (chat.state.session?.agentId ? chat.state.session : undefined));
  await lengthenLog(system.space, { sessionId: session.id, agentId: session.agentId ?? '', messages });
  return { ...console, chat, customer };
}

it.each([
  { messages: 5_000, slower: 1, within: 1_500 },
  { messages: 1_000, slower: 4, within: 4_000 },
])('a chat of $messages messages is there within $within ms on a processor slowed to 1/$slower', async (wanted) => {
  await using stack = new AsyncDisposableStack();
  const { page, complaints } = await longChat(stack, wanted.messages);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: wanted.slower });
  const loaded = await watchLoads(page, ['[role="log"] .msg-body', 'textarea'], wordsOf(wanted.messages));
  const loads: PageLoad[] = [];
  for (let round = 0; round < 5; round++) {
    await page.reload();
    loads.push(await loaded());
  }
  // The quickest of some is what the page itself takes, whatever else this machine does in between.
  const usable = Math.min(...loads.map((load) => load.usable));
  const longestTask = Math.min(...loads.map((load) => load.longestTask));
  process.stdout.write(
    `console, ${wanted.messages} messages, processor at 1/${wanted.slower}: usable after ${usable.toFixed(0)} ms, longest task ${longestTask.toFixed(0)} ms\n`,
  );
  expect(usable).toBeLessThan(wanted.within);
  expect(longestTask).toBeLessThan(200);
  expect(complaints).toEqual([]);
});

it('an agent reads a long chat up to its beginning, with only the rows near the view in the page', async () => {
  await using stack = new AsyncDisposableStack();
  const { page, chat, reply, customer } = await longChat(stack, 700);
  await page.reload();
  await page.getByRole('log').getByText('Message 700').waitFor();
  const numbers = () =>
    page
      .locator('[role="log"] .msg-body')
      .evaluateAll((all) =>
        all.flatMap(({ textContent }) => /Message (\d+)/.exec(textContent)?.slice(1).map(Number) ?? []),
      );
  const found = new Set<number>();
  await until(async () => {
    // As far as most of a screen, and until what comes into view is there.
    await page.getByRole('log').evaluate(async (log) => {
      log.scrollTop -= 500;
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    });
    const there = await numbers();
    expect(there, 'each once, in order').toEqual([...new Set(there)].sort((a, b) => a - b));
    expect(there.length).toBeLessThan(100);
    for (const number of there) found.add(number);
    return found.has(1);
  }, PATIENT);
  expect(found.size).toBe(700);
  await page.getByText('Start of the chat').waitFor();
  // Who reads there is told of what comes, and is led back by what they write.
  chat.send('Are you there?');
  await page.getByRole('status').getByRole('button', { name: '1 new message' }).waitFor();
  await reply(customer, 'I am.');
  await page.getByRole('log').getByText('I am.').waitFor();
  await page.getByRole('log').getByText('Are you there?').waitFor();
});
