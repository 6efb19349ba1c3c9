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
import { batchWhileBusy, type Caller, inTrace, isRecording, newId, traceparent } from '@baton/runtime';

/** How long a send is retried while its outcome is unknown or the session service is unavailable. */
const DEADLINE_MS = 8_000;
/**
 * Once nothing has been stored for anybody for this long, sends fail at once instead of being retried. This is no
 * restart, which would be over, but an outage such as a full disk, and the sender should know.
 */
const OUTAGE_MS = 4_000;
/**
 * Timeouts of the first, second and further attempts. Another session service soon takes over from one that was killed
 * or frozen [O1]; a slow one does not get the same request more often than this.
 */
const ATTEMPTS_MS = [1_000, 2_000, 4_000];
const PAUSE_MS = 250;
/** A NATS message has 1 MB by default, a character up to three bytes, and the reply repeats the text and adds to it. */
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
  /** Its trace. The request belongs to the trace of its first message; the others carry their own. [O4] */
  trace: string | undefined;
}

/**
 * [M2] [M3] Appends messages to the log. For each author in each session one request is in progress at a time, and the
 * messages sent meanwhile form the next batch, so their order is kept. Every message has an id before it leaves, so a
 * request with an unknown outcome can be retried. When it finally fails, the messages queued behind it
 * fail too: stored alone, they would be out of order.
 */
export function createMessageSender(
  session: Pick<Caller<SessionApi>, 'append'>,
  clock: () => number = () => Date.now(),
) {
  const senders = new Map<string, ReturnType<typeof batchWhileBusy<Item, Sent>>>();
  /** The current outage, in which nothing was stored for anybody: its start, and when it was last observed. */
  let outage: { since: number; seen: number } | undefined;

  const append = async (items: Item[]): Promise<Sent[]> => {
    const [first] = items;
    if (first === undefined) return [];
    const deadline = first.at + DEADLINE_MS;
    /** An attempt may have been stored although its reply was lost. */
    let unknown = false;
    for (let attempt = 0; ; attempt++) {
      const timeout = ATTEMPTS_MS[attempt] ?? ATTEMPTS_MS.at(-1) ?? DEADLINE_MS;
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
        { timeoutMs: Math.min(timeout, Math.max(PAUSE_MS, deadline - clock())) },
      );
      if (reply.ok) {
        outage = undefined;
        return reply.value.results.map((result) =>
          result.ok
            ? accept({ message: result.value.entry, repeated: result.value.repeated })
            : refuse(result.code, result.message, fieldOf(result.field)),
        );
      }
      if (!isTransient(reply.code)) {
        outage = undefined;
        return items.map(() => reply);
      }
      const now = clock();
      if (reply.code === 'UNAVAILABLE') {
        // When nobody wrote for long, nothing is known about the time between.
        const since = outage !== undefined && now - outage.seen < DEADLINE_MS ? outage.since : now;
        outage = { since, seen: now };
      } else unknown = true;
      const lasting = outage !== undefined && now + PAUSE_MS >= outage.since + OUTAGE_MS;
      if (lasting || now + PAUSE_MS >= deadline) return items.map(() => (unknown ? unconfirmed : notStored));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };

  const run = async (items: Item[]): Promise<Sent[]> => {
    const results: Sent[] = [];
    for (const request of requestsOf(items)) {
      const before = results.at(-1);
      const attempt = () => inTrace(request[0]?.trace, () => append(request));
      results.push(...(hasFailed(before) ? request.map(() => notStored) : await attempt()));
    }
    return results;
  };

  const senderOf = (key: string) => {
    let failedAt = Number.NEGATIVE_INFINITY;
    return batchWhileBusy<Item, Sent>({
      maxBatch: MAX_APPEND,
      run: async (items) => {
        // Messages sent before the previous request failed fail with it: stored now, they would be out of order. [M3]
        const behind = items.filter(({ at }) => at <= failedAt);
        const results: Sent[] = [...behind.map(() => notStored), ...(await run(items.slice(behind.length)))];
        if (hasFailed(results.at(-1))) failedAt = clock();
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
export type SendMessage = ReturnType<typeof createMessageSender>;

const unconfirmed = refuse(
  'TIMEOUT',
  'It could not be confirmed that this was stored; send it again with the same id.',
);
const notStored = refuse('UNAVAILABLE', 'Nothing can be stored at the moment, and this was not; send it again.');
const hasFailed = (result: Sent | undefined) => result === unconfirmed || result === notStored;

const isTransient = (code: ErrorCode) => code === 'TIMEOUT' || code === 'UNAVAILABLE';

/** Splits a batch into requests that fit in a NATS message, each with one author. */
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

/** `messages.0.content` of a request is `content` of the event that sent the message. */
const fieldOf = (field: string | undefined) => field?.split('.').at(-1);

const epochOf = ({ author }: Item) => (author.type === 'agent' ? author.epoch : undefined);
