import { connect } from 'nats';
import type { TestSpace } from './space.ts';

/** As many as one person writes in one go. */
const IN_ONE_GO = 5;

/** A few of what people write: one line, several, a list, a link, one of another script. */
const WORDS = [
  'Message {n}: where is my order?',
  'Message {n}: it was to come on Monday, then on Tuesday, and today the page says that it has been handed to the carrier, who says that nothing has come.',
  'Message {n}: see https://shop.example/orders/{n} or write to help@shop.example',
  'Message {n}:\n- one of these\n- two of those\n- and a third line, a little longer than the others are',
  'Message {n}: 最寄り駅からの道順を教えてください。',
] as const;

/** What the message of this number says. */
export const wordsOf = (n: number): string => (WORDS[n % WORDS.length] ?? WORDS[0]).replaceAll('{n}', String(n));

/**
 * Makes the log of a session longer by so many messages, numbered from 1: customer and agent in turn, by the session
 * service's own endpoint. The agent holds the session, so that no bot answers.
 */
export async function lengthenLog(
  space: TestSpace,
  { sessionId, agentId, messages }: { sessionId: string; agentId: string; messages: number },
): Promise<void> {
  const nats = await connect(space.nats);
  try {
    for (let from = 1; from <= messages; from += IN_ONE_GO) {
      const byCustomer = ((from - 1) / IN_ONE_GO) % 2 === 0;
      const length = Math.min(IN_ONE_GO, messages - from + 1);
      const request = {
        sessionId,
        author: byCustomer ? { type: 'customer' } : { type: 'agent', agentId },
        messages: Array.from({ length }, (_, index) => ({ content: wordsOf(from + index) })),
      };
      const reply = await nats.request(`${space.subjectRoot}.session.append`, JSON.stringify(request), {
        timeout: 15_000,
      });
      const told = reply.json<{ ok: boolean; message?: string }>();
      if (!told.ok) throw new Error(`the log could not be made longer: ${told.message}`);
    }
  } finally {
    await nats.close();
  }
}
