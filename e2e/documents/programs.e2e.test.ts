import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AiApi, Reply, ValueOf } from '@baton/contracts';
import { startSystem, testSpace, until } from '@baton/testkit';
import { connect, RequestStrategy } from 'nats';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import type { Received } from '../clients/bare-client.ts';
import { fromSender, startChat } from '../clients/scenarios.ts';
import { codeBlocks, placeOf } from './code-blocks.ts';
import { programFolder } from './typed-blocks.ts';

/** The programs of the documents, run as they are printed, but for the addresses in them. */
const space = await testSpace();
const { folder, remove } = programFolder('programs');
afterAll(remove);
const blocks = codeBlocks();
const programs = blocks.filter(
  ({ document, language }) => ['README.md', 'docs/tools.md'].includes(document) && /^(ts|js)$/.test(language),
);
const importing = (document: string, library: string) =>
  programs.find((block) => block.document === document && block.text.includes(`from '${library}'`)) ??
  expect.fail(`${document} has no program that uses ${library}`);

/** Runs a block; `with` gives what stands in it, and what it is here. A text that it does not hold is a failure. */
function run(block: (typeof programs)[number], replacements: Record<string, string>) {
  let text = block.text;
  for (const [printed, here] of Object.entries(replacements)) {
    expect(text, `${placeOf(block)} holds ${printed}`).toContain(printed);
    text = text.replaceAll(printed, here);
  }
  const program = join(folder, `line-${block.line}.${block.language === 'js' ? 'mjs' : 'ts'}`);
  writeFileSync(program, text);
  const child: ChildProcess = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  return { output: () => output, exitCode: () => child.exitCode, end: () => child.kill() };
}

const tool = run(importing('docs/tools.md', 'nats'), {
  localhost: new URL(space.natsUrl).hostname,
  '4222': new URL(space.natsUrl).port,
  // Other systems of this test run share the server.
  "version: '1.0.0'": `version: '1.0.0', metadata: { root: '${space.subjectRoot}' }`,
});
afterAll(tool.end);
const nats = await connect({ servers: space.natsUrl });
afterAll(() => nats.close());
await until(
  async () => {
    expect(tool.exitCode(), tool.output()).toBeNull();
    for await (const { name } of await nats.services.client({ maxWait: 1_000, strategy: RequestStrategy.Timer }).info())
      if (name === 'orders') return true;
    return false;
  },
  { within: 30_000, what: 'the tool is on NATS' },
);

const system = await startSystem({ space });
const [door = ''] = system.urls;

it('every program of these documents is one of those that are run here', () => {
  const placed = programs.filter(({ file }) => file !== undefined);
  expect(programs).toHaveLength(3 + placed.length);
});

it("README.md's TypeScript chats", async () => {
  const chat = run(importing('README.md', '@baton/client'), { 'http://localhost:3001': door });
  onTestFinished(() => void chat.end());
  const lines = () => chat.output().split('\n');
  await until(() => lines().some((line) => line.trim() === 'Hello!'), { within: 30_000, what: chat.output() });
  // Behind the newest entry, whichever that is, stands the draft, which then is the newest entry itself.
  const drafts = () => {
    const seen = lines().map((line) => line.trimEnd());
    return seen.flatMap((entry) =>
      seen.filter((line) => line.startsWith(`${entry} `)).map((line) => line.slice(entry.length + 1)),
    );
  };
  const isAnswer = (line: string) => drafts().some((draft) => line.startsWith(draft));
  await until(() => lines().some(isAnswer), { within: 30_000, what: 'a draft, and the answer that it became' });
  expect(chat.exitCode(), chat.output()).toBeNull();
});

it("README.md's JavaScript chats", async () => {
  const chat = run(importing('README.md', 'socket.io-client'), { 'http://localhost:3001': door });
  onTestFinished(() => void chat.end());
  await until(() => /^user: Hello!$/m.test(chat.output()), { within: 30_000, what: 'the message itself' });
  // There is a greeting before it, unless the message was faster.
  const behind = (start: string) =>
    chat
      .output()
      .split('\n')
      .flatMap((line) => (line.startsWith(start) ? [line.slice(start.length).trim()] : []));
  const drafts = () => behind('… ').filter((draft) => draft !== '');
  await until(() => behind('bot: ').some((said) => drafts().some((draft) => said.startsWith(draft))), {
    within: 30_000,
    what: 'a draft, and the answer that it became',
  });
  expect(chat.exitCode(), chat.output()).toBeNull();
});

it("docs/tools.md's complete tool is found by the bot, called for the customer, and answers", async () => {
  const byHand = async <T>(subject: string, body: object) =>
    (await nats.request(`${space.subjectRoot}.${subject}`, JSON.stringify(body), { timeout: 15_000 })).json<T>();
  type Tools = Reply<ValueOf<AiApi['endpoints']['tools']>>;
  const offered = await until(
    async () => {
      const reply = await byHand<Tools>('ai.tools', {});
      return reply.ok && reply.value.tools.find(({ name }) => name === 'order_status');
    },
    { within: 30_000, what: 'the tool is discovered' },
  );
  expect(offered).toMatchObject({ parameters: { required: ['orderId'] } });

  const rule = { times: 1, reply: { toolCalls: [{ name: 'order_status', arguments: { orderId: 'A-100' } }] } };
  /** What a customer is answered, and what the tool had told the model. */
  const whereIsIt = async (userId: string, proven: boolean) => {
    const { customer, sessionId } = await startChat(door, userId);
    // As a gateway does when the site's token says so.
    if (proven)
      expect(await byHand('session.identify', { sessionId, customer: { id: userId } })).toMatchObject({ ok: true });
    await customer.until('message:received', fromSender('bot'));
    await fetch(`${system.model.url}/control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rules: [rule] }),
    });
    const asked = await customer.ask('customer:send_message', { sessionId, content: 'Where is my order A-100?' });
    const isAnswer = (entry: Received) => entry.sender === 'bot' && entry.seq > asked.value.message.seq;
    const { content } = await customer.until('message:received', isAnswer, 30_000);
    customer.close();
    const seen = (await (await fetch(`${system.model.url}/control`)).json()) as {
      requests: { messages: { role: string; text?: string }[] }[];
    };
    return { content, told: seen.requests.at(-1)?.messages.at(-1) };
  };
  expect(await whereIsIt('customer-7', true)).toMatchObject({
    content: expect.stringContaining('on its way'),
    told: { role: 'tool', text: expect.stringContaining('{"state":"on its way"}') },
  });
  // Who writes the same words without being that customer, or without being proven to be, learns nothing.
  for (const [userId, proven] of [
    ['somebody-else', true],
    ['customer-7', false],
  ] as const)
    expect(await whereIsIt(userId, proven)).toMatchObject({
      told: { role: 'tool', text: expect.stringContaining('There is no such order.') },
    });
});
