import { type AgentClient, createAgentClient, memoryStorage } from '@baton/client';
import { startSystem } from '@baton/testkit';
import { axe, launchBrowser, openPage, until } from '@baton/testkit/browser';
import { afterAll, afterEach, expect, it } from 'vitest';
import { type ChatPage, timeUntilThere, visit } from '../../test/chat-page.ts';

// The model writes slowly enough for a person, and for a test, to see the answer grow.
const system = await startSystem({
  env: { CHAT_TITLE: 'Lumen & Leaf', BOT_GREETING: 'Good day! What are you looking for?' },
  envOf: { model: { TOKENS_PER_SECOND: '60' } },
});
const url = system.urls[0] ?? '';
const browser = await launchBrowser();
afterAll(() => browser.close());

const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const visitor = async (at = url): Promise<ChatPage> => {
  const chat = await visit(browser, at);
  open.push(chat);
  return chat;
};
const agent = async (name: string): Promise<AgentClient> => {
  const agentClient = createAgentClient({ url, name, storage: memoryStorage() });
  open.push({ close: () => agentClient.leave() });
  expect(await agentClient.join()).toMatchObject({ ok: true });
  return agentClient;
};
/** Takes the one who waits; gives the chat's id. */
const claim = async (agentClient: AgentClient): Promise<string> => {
  await until(() => agentClient.state.waiting.total > 0);
  const picked = await agentClient.claim();
  if (!picked.ok) throw new Error(picked.message);
  const { id } = picked.value;
  await until(() => agentClient.state.chats.get(id));
  return id;
};
const askForPerson = async ({ page }: ChatPage) => {
  await page.getByRole('button', { name: 'Talk to a person' }).click();
  await page.getByText('You asked for a person.').waitFor();
};

it('a customer goes from the bot to a person to the end, and says how it was', async () => {
  const chat = await visitor();
  const { page } = chat;
  expect(await axe(page)).toEqual([]);
  // Noted in the page itself: looked at from here, a busy machine would miss most of it.
  await page.evaluate(() => {
    const lengths = new Set<number>();
    Reflect.set(window, 'lengths', lengths);
    new MutationObserver(() => {
      const growing = document.querySelector('.row-growing .row-words');
      if (growing !== null) lengths.add(growing.textContent.length);
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  await chat.write('When are you open?');
  await chat.row('When are you open?').getByText('Sent').or(page.getByText('Seen')).waitFor();
  await page.locator('[role="log"] .row-bot').first().waitFor();
  const steps = await page.evaluate(() => (Reflect.get(window, 'lengths') as Set<number>).size);
  expect(steps, 'the answer was seen growing').toBeGreaterThan(2);

  const agentClient = await agent('Grace');
  await askForPerson(chat);
  await page.getByText('You are next.').waitFor();
  expect(await axe(page)).toEqual([]);
  const sessionId = await claim(agentClient);
  await page.getByText('Grace joined the chat.').waitFor();
  await page.getByRole('heading', { name: 'You’re chatting with Grace.' }).waitFor();

  agentClient.setTyping(sessionId, true);
  await page.locator('.row-writing', { hasText: 'Grace is writing…' }).waitFor();
  agentClient.send(sessionId, 'Good day, what can I do for you?');
  await chat.row('Good day, what can I do for you?').waitFor();

  await chat.input.pressSequentially('My par');
  await until(() => agentClient.state.chats.get(sessionId)?.typing);
  await chat.write('My parcel is late');
  const item = await until(() =>
    agentClient.state.chats
      .get(sessionId)
      ?.items.find((one) => one.kind === 'message' && one.content === 'My parcel is late'),
  );
  agentClient.markSeen(sessionId, item.seq ?? 0);
  await chat.row('My parcel is late').getByText('Seen').waitFor();
  expect(await axe(page)).toEqual([]);

  await agentClient.closeChat(sessionId);
  await page.getByText('Grace ended the chat.').waitFor();
  await page.getByRole('radio', { name: 'Great' }).check();
  await page.getByText('Thanks for your feedback.').waitFor();
  expect(await axe(page)).toEqual([]);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the transcript' }).click();
  const file = await (await download).createReadStream();
  let transcript = '';
  for await (const part of file) transcript += String(part);
  for (const words of ['When are you open?', 'Grace joined the chat.', 'My parcel is late'])
    expect(transcript).toContain(words);

  await page.getByRole('button', { name: 'Start a new chat' }).click();
  await chat.input.waitFor();
  expect(await chat.lines()).toEqual([]);
  expect(chat.complaints).toEqual([]);
});

it('[S1] why an agent parts with a chat is not in what the browser is sent, and is told as one change', async () => {
  const chat = await visitor();
  const { page } = chat;
  const frames: string[] = [];
  const sent: string[] = [];
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => frames.push(String(payload)));
    socket.on('framesent', ({ payload }) => sent.push(String(payload)));
  });
  await page.reload();
  await chat.input.waitFor();
  const agentClient = await agent('Katherine');
  await chat.write('I want to talk to a human');
  const sessionId = await claim(agentClient);
  await page.getByText('Katherine joined the chat.').waitFor();
  // The page has greeted, and says so: the bot logs no greeting that only agents would read.
  expect(sent.find((frame) => frame.includes('customer:start_chat'))).toContain('"greeted":true');
  await agentClient.transfer(sessionId, { type: 'bot' }, 'rude, do not refund');
  await page.getByText('You’re back with the assistant.').waitFor();
  expect(await page.getByText('You’re back in the queue').count()).toBe(0);

  await askForPerson(chat);
  await agentClient.closeChat(await claim(agentClient), 'rude, do not refund');
  await page.getByText('Katherine ended the chat.').waitFor();
  for (const told of ['agent_returned', 'agent_closed']) expect(frames.join('\n')).toContain(told);
  expect(frames.join('\n')).not.toContain('do not refund');
  expect(await page.locator('body').innerText()).not.toContain('do not refund');
});

it('what is written while the agent ends the chat is offered in the next one', async () => {
  const chat = await visitor();
  const { page } = chat;
  await chat.write('Hello');
  const agentClient = await agent('Edith');
  await askForPerson(chat);
  const sessionId = await claim(agentClient);
  await page.getByText('Edith joined the chat.').waitFor();
  await page.context().setOffline(true);
  await page
    .getByText(/offline|connection/i)
    .first()
    .waitFor();
  await chat.write('Wait, one more question');
  await chat.input.fill('and I think');
  await agentClient.closeChat(sessionId);
  await page.context().setOffline(false);
  await page.getByText('Edith ended the chat.').waitFor();
  const late = chat.row('Wait, one more question');
  await late.getByText('Not sent. The chat had already ended.').waitFor();
  expect(await axe(page)).toEqual([]);

  await page.getByRole('button', { name: 'Start a new chat' }).click();
  await chat.input.waitFor();
  expect(await chat.input.inputValue()).toBe('and I think');
  expect(await chat.lines()).toEqual(['Wait, one more question']);
  await late.getByRole('button', { name: 'Send in a new chat' }).click();
  await late.getByText('Sent').or(page.getByText('Seen')).waitFor();
  await page.locator('[role="log"] .row-bot').first().waitFor();
  // The browser's own word on the lost network.
  expect(chat.complaints.filter((line) => !line.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
});

it('is called, and greets, as the operator has said', async () => {
  const { page, complaints } = await visitor();
  await page.getByText('Lumen & Leaf', { exact: true }).waitFor();
  await page.getByText('Good day! What are you looking for?').waitFor();
  expect(complaints).toEqual([]);
});

it('a customer may change their mind, and end it themselves', async () => {
  const chat = await visitor();
  const { page } = chat;
  await chat.write('Hello');
  await page.locator('[role="log"] .row-bot').first().waitFor();
  // With nobody online there is another choice.
  await agent('Hedy');
  await askForPerson(chat);
  await page.getByRole('button', { name: 'Never mind' }).click();
  await page.getByText('You’re back with the assistant.').waitFor();

  await page.getByRole('button', { name: 'More' }).press('Enter');
  await page.getByRole('menuitem', { name: 'End the chat' }).waitFor();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'End this chat?' });
  await dialog.waitFor();
  expect(await axe(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'End the chat' }).click();
  await page.getByText('You ended the chat.').waitFor();
  expect(chat.complaints).toEqual([]);
});

it('[M4] a reload in the middle loses nothing, half a sentence included', async () => {
  const chat = await visitor();
  const { page } = chat;
  const agentClient = await agent('Ada');
  await chat.write('Please let me talk to a human');
  const sessionId = await claim(agentClient);
  await page.getByText('Ada joined the chat.').waitFor();
  await chat.write('first');
  agentClient.send(sessionId, 'second');
  await chat.row('second').waitFor();
  await chat.input.fill('half a sent');
  const before = await chat.lines();

  await page.reload();
  await chat.row('second').waitFor();
  expect(await chat.lines()).toEqual(before);
  expect(await chat.input.inputValue()).toBe('half a sent');
  await chat.write('half a sentence is whole now');
  agentClient.send(sessionId, 'third');
  await chat.row('third').waitFor();
  expect(await chat.own()).toEqual(['Please let me talk to a human', 'first', 'half a sentence is whole now']);
  expect(chat.complaints).toEqual([]);
});

it('[M2] [M3] what is written in 10 s without a network arrives once and in order', async () => {
  const chat = await visitor();
  const { page } = chat;
  const agentClient = await agent('Joan');
  await chat.write('I want to talk to a human');
  const sessionId = await claim(agentClient);
  await page.getByText('Joan joined the chat.').waitFor();

  // Noted in the page itself, so that a busy machine's slowness to look is not counted.
  await page.evaluate(() => {
    addEventListener('offline', () => {
      const heard = performance.now();
      new MutationObserver((_, observer) => {
        if (!document.body.textContent.includes('No connection.')) return;
        Reflect.set(window, 'saidAfter', performance.now() - heard);
        observer.disconnect();
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
  });
  await page.context().setOffline(true);
  const begun = performance.now();
  await page.getByText('No connection.').waitFor();
  const saidAfter = await page.evaluate(() => Reflect.get(window, 'saidAfter') as number);
  expect(saidAfter, "by the browser's own word, and not by the next ping that is missed").toBeLessThan(5_000);
  await chat.write('one');
  await chat.write('two');
  agentClient.send(sessionId, 'meanwhile');
  expect(await axe(page)).toEqual([]);
  await chat.write('three');
  expect(await chat.own()).toEqual(['I want to talk to a human', 'one', 'two', 'three']);
  await chat.row('three').getByText('Waiting for the connection').waitFor();
  await chat.input.pressSequentially('four', { delay: Math.max(0, (10_000 - (performance.now() - begun)) / 4) });
  await page.context().setOffline(false);
  await chat.input.press('Enter');

  await page.getByText('No connection.').waitFor({ state: 'detached' });
  await chat.row('meanwhile').waitFor();
  await chat.row('four').getByText('Sent').waitFor();
  const wanted = ['one', 'two', 'three', 'four'];
  expect((await chat.own()).slice(1)).toEqual(wanted);
  const arrived = await until(() => {
    const items = agentClient.state.chats.get(sessionId)?.items ?? [];
    const texts = items.flatMap((item) => (item.kind === 'message' && item.sender === 'user' ? [item.content] : []));
    return texts.includes('four') && texts;
  });
  expect(arrived.slice(1)).toEqual(wanted);
  // What a browser says of a network that is not there is no fault of the page's.
  expect(chat.complaints.filter((complaint) => !/ERR_INTERNET_DISCONNECTED|WebSocket/.test(complaint))).toEqual([]);
});

it('a connection that only looks alive is given up when the browser says that the network is gone', async () => {
  // By this name Socket.IO's own client does not listen: a server on this machine needs no network.
  const chat = await visitor(url.replace('127.0.0.1', 'localhost'));
  const { page } = chat;
  let frozen = false;
  await page.routeWebSocket(/socket\.io/, (client) => {
    const server = client.connectToServer();
    client.onMessage((message) => frozen || server.send(message));
    server.onMessage((message) => frozen || client.send(message));
  });
  await page.reload();
  await chat.write('Hello');
  await page.locator('[role="log"] .row-bot').first().waitFor();
  frozen = true;
  const begun = performance.now();
  await page.evaluate(() => dispatchEvent(new Event('offline')));
  await page.getByText('No connection.').waitFor();
  expect(performance.now() - begun, 'long before a ping is missed').toBeLessThan(10_000);
  await chat.write('Are you there?');
  await chat.row('Are you there?').getByText('Waiting for the connection').waitFor();
  frozen = false;
  await chat.row('Are you there?').getByText('Sent').or(page.getByText('Seen')).first().waitFor();
  await page.getByText('No connection.').waitFor({ state: 'detached' });
});

it('hostile content is text', async () => {
  const chat = await visitor();
  const { page } = chat;
  const agentClient = await agent('Mallory');
  await chat.write(
    'I want to talk to a human <script>window.hacked = 1</script><img src=x onerror="window.hacked = 2">',
  );
  const sessionId = await claim(agentClient);
  const word = 'w'.repeat(16_384);
  agentClient.send(sessionId, word);
  agentClient.send(
    sessionId,
    '<script>window.hacked = 3</script> [click](javascript:window.hacked=4) <a href="javascript:window.hacked=5">x</a> ![p](https://evil.example/pixel.png) [data](data:text/html,x) [www.bank.example](https://evil.example/login)',
  );
  await chat.row('www.bank.example').waitFor();
  expect(await chat.lines(), 'a word without end does not fill screens').not.toContain(word);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByRole('button', { name: 'Show less' }).waitFor();
  expect((await chat.lines()).map((line) => line.replace('Show less', ''))).toContain(word);
  // What is below the word, which fills screens now, is brought by going there.
  await page.locator('.scroller').focus();
  await page.keyboard.press('End');
  await chat.row('www.bank.example').waitFor();
  const found = await page.evaluate(() => ({
    hacked: Reflect.get(window, 'hacked') as unknown,
    inside: document.querySelectorAll('[role="log"] :is(script, img, iframe, object, style)').length,
    links: [...document.querySelectorAll<HTMLAnchorElement>('[role="log"] a')].map((link) => [link.href, link.rel]),
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    sideways: [...document.querySelectorAll('.scroller')].map(
      ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
    ),
  }));
  expect(found).toMatchObject({ hacked: undefined, inside: 0, overflow: 0, sideways: [0] });
  expect(found.links.map(([href]) => href)).toEqual(['https://evil.example/pixel.png', 'https://evil.example/login']);
  for (const [, rel] of found.links) expect(rel).toContain('noopener');
  // What people write is shown as typed, so the address that a link leads to is what is read.
  await chat.row('www.bank.example').getByRole('link', { name: 'https://evil.example/login' }).waitFor();
  expect(await axe(page)).toEqual([]);
  expect(chat.complaints).toEqual([]);
});

it('is there soon, also on a machine a quarter as fast', async () => {
  const firstLoad = async () => {
    const { page, close, complaints } = await openPage(browser, {
      locale: 'en-GB',
      viewport: { width: 360, height: 740 },
    });
    open.push({ close });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    const thereAfter = await timeUntilThere(page, 'textarea');
    const response = await page.goto(url);
    expect(response?.headers()['content-security-policy']).toContain("script-src 'self'");
    const usable = await thereAfter();
    const painted = await until(() =>
      page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime),
    );
    const received = await page.evaluate(() =>
      performance
        .getEntries()
        .reduce((sum, entry) => sum + (entry instanceof PerformanceResourceTiming ? entry.transferSize : 0), 0),
    );
    expect(complaints).toEqual([]);
    return { usable, painted, received };
  };
  const loads = [await firstLoad(), await firstLoad(), await firstLoad()];
  // The quickest of some is what the page itself takes, whatever else this machine does in between.
  const painted = Math.min(...loads.map((load) => load.painted));
  const usable = Math.min(...loads.map((load) => load.usable));
  const received = Math.max(...loads.map((load) => load.received));
  process.stdout.write(
    `first load at a quarter of the speed: contentful paint after ${painted.toFixed(0)} ms, input usable after ${usable.toFixed(0)} ms, ${(received / 1_000).toFixed(1)} kB received\n`,
  );
  expect(painted).toBeLessThan(2_000);
  expect(usable).toBeLessThan(2_500);
  expect(received).toBeLessThan(60_000);
});
