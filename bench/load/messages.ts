// Generates the load of conversations in a process of its own: customers who write to agents. Run by `driver.ts`.
import { setTimeout as pause } from 'node:timers/promises';
import { obey } from './obey.ts';
import { openLoop } from './open-loop.ts';
import { type Pair, startPairs } from './pairs.ts';
import type { Measure, MessageLoad, StartPairs } from './protocol.ts';

/** What has not come back this long after the last was sent is lost. */
const TIMEOUT_MS = 5_000;
/** A text of the length of an ordinary chat message. */
const TEXT = 'My order has not arrived yet, could you have a look where it is? Thank you very much.';

let pairs: Pair[] = [];
/** By the id of its message: when its latency began to count. */
const sent = new Map<string, number>();
let delivered: number[] = [];
let lastId = 0;

async function start(order: StartPairs): Promise<{ pairs: number }> {
  pairs = await startPairs(order, (clientMessageId) => {
    const start = sent.get(clientMessageId);
    if (start === undefined) return;
    sent.delete(clientMessageId);
    delivered.push(performance.now() - start);
  });
  return { pairs: pairs.length };
}

async function measure({ perSecond, seconds }: Measure): Promise<MessageLoad> {
  const acknowledged: number[] = [];
  const refusals: Record<string, number> = {};
  delivered = [];
  sent.clear();
  let answers = 0;
  const began = performance.now();
  const { offered, elapsedMs } = await openLoop({ perSecond, seconds }, (start) => {
    const pair = pairs[Math.floor(Math.random() * pairs.length)];
    if (pair === undefined) throw new Error('no pair was started');
    const clientMessageId = `m${process.pid}-${lastId++}`;
    sent.set(clientMessageId, start);
    const payload = { sessionId: pair.sessionId, content: TEXT, clientMessageId };
    pair.customer.send('customer:send_message', payload, (reply) => {
      answers++;
      if (reply.ok) acknowledged.push(performance.now() - start);
      else refusals[reply.code ?? '?'] = (refusals[reply.code ?? '?'] ?? 0) + 1;
    });
  });
  const deadline = performance.now() + TIMEOUT_MS;
  const deliveredInTime = delivered.length;
  while ((answers < offered || sent.size > 0) && performance.now() < deadline) await pause(5);
  return {
    offered,
    offeredPerSecond: offered / (elapsedMs / 1_000),
    deliveredPerSecond: deliveredInTime / (elapsedMs / 1_000),
    acknowledged,
    delivered,
    lost: sent.size,
    refusals,
    settledMs: performance.now() - began,
  };
}

obey<StartPairs | Measure>({ start, measure });
