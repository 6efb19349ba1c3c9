import {
  type Author,
  accept,
  type ErrorCode,
  MAX_APPEND,
  type MessageEntry,
  type Reply,
  refuse,
  type SessionApi,
} from '@baton/contracts';
import { type Caller, gatherWhileBusy, inTrace, isRecording, newId, traceparent } from '@baton/runtime';

/** How long a send is repeated while its outcome is unknown or nobody takes it. */
const DEADLINE_MS = 8_000;
/**
 * How long the first, second and further attempts wait. What a session service was at work on when it was killed or
 * frozen is soon another one's [O1]; a slow one is not asked the same more often than that.
 */
const ATTEMPTS_MS = [1_000, 2_000, 4_000];
const PAUSE_MS = 250;
/** NATS carries 1 MB by default, a character can take three bytes, and the answer adds to what it repeats. */
const MAX_REQUEST_CHARACTERS = 200_000;

export interface Send {
  sessionId: string;
  author: Exclude<Author, { type: 'bot' }>;
  content: string;
  clientMessageId?: string | undefined;
}
export type Sent = Reply<{ message: MessageEntry; repeated: boolean }>;

interface Item extends Send {
  clientMessageId: string;
  at: number;
  /** The trace that it was sent in. Its request is a step of the first message's; the others name their own. [O4] */
  trace: string | undefined;
}

/**
 * [M2] [M3] Brings what was said into the log. Of each author in each session one request is under way at a time, and
 * what comes meanwhile is gathered into the next, so the order in which it was sent is kept. Every message has an id
 * before it leaves, so a request whose outcome is unknown can be repeated. When that does not help in time, what was
 * sent behind it is given up with it: stored alone, it would stand in the wrong place.
 */
export function createSends(session: Pick<Caller<SessionApi>, 'append'>, clock: () => number = () => Date.now()) {
  const senders = new Map<string, ReturnType<typeof gatherWhileBusy<Item, Sent>>>();

  const append = async (items: Item[]): Promise<Sent[]> => {
    const [first] = items;
    if (first === undefined) return [];
    const deadline = first.at + DEADLINE_MS;
    for (let attempt = 0; ; attempt++) {
      const patience = ATTEMPTS_MS[attempt] ?? ATTEMPTS_MS.at(-1) ?? DEADLINE_MS;
      const reply = await session.append(
        {
          sessionId: first.sessionId,
          author: first.author,
          messages: items.map(({ content, clientMessageId, trace }, index) =>
            index > 0 && isRecording()
              ? { content, clientMessageId, traceparent: trace }
              : { content, clientMessageId },
          ),
        },
        { timeoutMs: Math.min(patience, Math.max(PAUSE_MS, deadline - clock())) },
      );
      if (reply.ok) {
        return reply.value.results.map((result) =>
          result.ok
            ? accept({ message: result.value.entry, repeated: result.value.repeated })
            : refuse(result.code, result.message, fieldOf(result.field)),
        );
      }
      if (!isPassing(reply.code)) return items.map(() => reply);
      if (clock() + PAUSE_MS >= deadline) return items.map(() => givenUp);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };

  const run = async (items: Item[]): Promise<Sent[]> => {
    const results: Sent[] = [];
    for (const request of requestsOf(items)) {
      const before = results.at(-1);
      const attempt = () => inTrace(request[0]?.trace, () => append(request));
      results.push(...(before === givenUp ? request.map(() => givenUp) : await attempt()));
    }
    return results;
  };

  const senderOf = (key: string) => {
    let givenUpAt = Number.NEGATIVE_INFINITY;
    return gatherWhileBusy<Item, Sent>({
      maxBatch: MAX_APPEND,
      run: async (items) => {
        // In one batch everything came while the one before it was under way, or nothing did.
        const behind = items.filter(({ at }) => at <= givenUpAt);
        const results = [...behind.map(() => givenUp), ...(await run(items.slice(behind.length)))];
        if (results.at(-1) === givenUp) givenUpAt = clock();
        if (senders.get(key)?.size === 0) senders.delete(key);
        return results;
      },
    });
  };

  return (send: Send): Promise<Sent> => {
    const key = send.author.type === 'agent' ? `${send.sessionId} ${send.author.agentId}` : send.sessionId;
    let sender = senders.get(key);
    if (sender === undefined) {
      sender = senderOf(key);
      senders.set(key, sender);
    }
    return sender.add({
      ...send,
      clientMessageId: send.clientMessageId ?? newId(),
      at: clock(),
      trace: traceparent(),
    });
  };
}
export type Sends = ReturnType<typeof createSends>;

const givenUp = refuse('TIMEOUT', 'It could not be confirmed that this was stored; send it again with the same id.');

const isPassing = (code: ErrorCode) => code === 'TIMEOUT' || code === 'UNAVAILABLE';

/** Splits a batch into requests that NATS can carry, each with one author. */
function requestsOf(items: Item[]): Item[][] {
  const requests: Item[][] = [];
  let size = 0;
  for (const item of items) {
    const request = requests.at(-1);
    const sameAuthor = request?.[0] !== undefined && epochOf(request[0]) === epochOf(item);
    const itemSize = JSON.stringify(item.content).length;
    if (request !== undefined && sameAuthor && size + itemSize <= MAX_REQUEST_CHARACTERS) {
      request.push(item);
      size += itemSize;
    } else {
      requests.push([item]);
      size = itemSize;
    }
  }
  return requests;
}

/** A field of a request for many messages, as the field of the event that was one of them. */
const fieldOf = (field: string | undefined) => field?.split('.').at(-1);

const epochOf = ({ author }: Item) => (author.type === 'agent' ? author.epoch : undefined);
