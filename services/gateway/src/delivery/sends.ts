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
 * How long nothing may have been stored, of anybody, before no send is repeated any more. A restart is over by then;
 * what lasts longer, such as a database whose disk is full, repeating does not end, and who writes is to know at once.
 */
const OUTAGE_MS = 4_000;
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
  /** Of the time in which nothing was taken of anybody: when it began, and when that was last seen. */
  let outage: { since: number; seen: number } | undefined;

  const append = async (items: Item[]): Promise<Sent[]> => {
    const [first] = items;
    if (first === undefined) return [];
    const deadline = first.at + DEADLINE_MS;
    /** An attempt may have been stored, although its answer did not come. */
    let unknown = false;
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
        outage = undefined;
        return reply.value.results.map((result) =>
          result.ok
            ? accept({ message: result.value.entry, repeated: result.value.repeated })
            : refuse(result.code, result.message, fieldOf(result.field)),
        );
      }
      if (!isPassing(reply.code)) {
        outage = undefined;
        return items.map(() => reply);
      }
      const now = clock();
      if (reply.code === 'UNAVAILABLE') {
        // Of what was between, when nobody wrote for long, nothing is known.
        const since = outage !== undefined && now - outage.seen < DEADLINE_MS ? outage.since : now;
        outage = { since, seen: now };
      } else unknown = true;
      const lasting = outage !== undefined && now + PAUSE_MS >= outage.since + OUTAGE_MS;
      if (lasting || now + PAUSE_MS >= deadline) return items.map(() => (unknown ? unconfirmed : notTaken));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };

  const run = async (items: Item[]): Promise<Sent[]> => {
    const results: Sent[] = [];
    for (const request of requestsOf(items)) {
      const before = results.at(-1);
      const attempt = () => inTrace(request[0]?.trace, () => append(request));
      results.push(...(isGivenUp(before) ? request.map(() => notTaken) : await attempt()));
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
        const results: Sent[] = [...behind.map(() => notTaken), ...(await run(items.slice(behind.length)))];
        if (isGivenUp(results.at(-1))) givenUpAt = clock();
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

const unconfirmed = refuse(
  'TIMEOUT',
  'It could not be confirmed that this was stored; send it again with the same id.',
);
const notTaken = refuse('UNAVAILABLE', 'Nothing can be stored at the moment, and this was not; send it again.');
const isGivenUp = (result: Sent | undefined) => result === unconfirmed || result === notTaken;

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
