// Asks for streamed answers and tells how long all but the model took: from the model itself, through its SDK, or from
// the bot, as a customer. Run by `driver.ts`.
import { setTimeout as pause } from 'node:timers/promises';
import OpenAI from 'openai';
import { besidesTheModel, clock } from './clock.ts';
import { obey } from './obey.ts';
import { inTurns } from './pairs.ts';
import { type AnswerLoad, type Ask, type Direct, isDraft, isMessage, type StartCustomers } from './protocol.ts';
import { connectSocket, type LoadSocket } from './socket.ts';

const AT_ONCE = 25;
const TIMEOUT_MS = 60_000;
/** Nobody asks in the very moment in which an answer is complete. */
const THINKING_MS = 1_000;

interface Customer {
  socket: LoadSocket;
  sessionId: string;
  /** Set while an answer is awaited. */
  onDraft?: ((text: string) => void) | undefined;
  onAnswer?: (() => void) | undefined;
}
let customers: Customer[] = [];

async function direct({ url, count }: Direct): Promise<number[]> {
  const client = new OpenAI({ baseURL: url, apiKey: 'bench' });
  const overheads: number[] = [];
  for (let index = 0; index < count; index++) {
    const sentAt = clock();
    const stream = await client.chat.completions.create({
      model: 'bench',
      stream: true,
      messages: [{ role: 'user', content: 'Hello' }],
    });
    for await (const chunk of stream) {
      const overhead = besidesTheModel(chunk.choices[0]?.delta.content ?? '', sentAt, clock());
      if (overhead !== undefined) overheads.push(overhead);
    }
  }
  return overheads;
}

async function start({ url, count }: StartCustomers): Promise<number> {
  const numbers = Array.from({ length: count }, (_, index) => index);
  customers = await inTurns(AT_ONCE, numbers, async (index): Promise<Customer> => {
    const socket = await connectSocket(url);
    const customer: Customer = { socket, sessionId: '' };
    const greeted = new Promise<void>((resolve) => {
      customer.onAnswer = resolve;
    });
    socket.onEvent = (event, payload) => {
      if (isDraft(event, payload)) customer.onDraft?.(payload.text);
      else if (isMessage(event, payload) && payload.sender === 'bot') customer.onAnswer?.();
    };
    const { session } = await socket.ask('customer:start_chat', { userId: `customer-${index}` });
    customer.sessionId = session.id;
    await greeted;
    return customer;
  });
  return customers.length;
}

/** One question of one customer, until its answer is whole. */
async function askOnce(customer: Customer): Promise<number | undefined> {
  const sentAt = clock();
  let overhead: number | undefined;
  const answered = new Promise<void>((resolve, reject) => {
    const tooLong = setTimeout(() => reject(new Error('an answer did not come')), TIMEOUT_MS);
    customer.onDraft = (text) => {
      overhead ??= besidesTheModel(text, sentAt, clock());
    };
    customer.onAnswer = () => {
      clearTimeout(tooLong);
      resolve();
    };
  });
  await customer.socket.ask('customer:send_message', {
    sessionId: customer.sessionId,
    content: 'How do I return a thing?',
  });
  await answered;
  return overhead;
}

async function ask({ streams, each, spreadMs }: Ask): Promise<AnswerLoad> {
  const overheads: number[] = [];
  let answers = 0;
  const asking = customers.slice(0, streams).map(async (customer) => {
    await pause(Math.random() * spreadMs);
    for (let question = 0; question < each; question++) {
      const overhead = await askOnce(customer);
      if (overhead !== undefined) overheads.push(overhead);
      answers++;
      await pause(THINKING_MS);
    }
  });
  await Promise.all(asking);
  return { overheads, answers };
}

obey<Direct | StartCustomers | Ask>({ direct, start, ask });
