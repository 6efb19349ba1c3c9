import {
  type Author,
  accept,
  type ErrorCode,
  MAX_APPEND,
  MAX_APPENDS,
  type MessageEntry,
  type Reply,
  type RequestOf,
  refuse,
  type SessionApi,
  type ValueOf,
} from '@baton/contracts';
import {
  batchWhileBusy,
  type Caller,
  countFitting,
  currentTrace,
  inTraceOf,
  isRecording,
  jsonBytesAtMost,
  newId,
  type Trace,
  traceparentOf,
} from '@baton/runtime';

/**
 * How long a send is retried while its outcome is unknown. While nothing is stored for anybody, `OUTAGE_MS` ends the
 * retries earlier.
 */
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
/** How long appends go one by one after no session service was found that takes several in one request. */
const ONE_BY_ONE_MS = 1_000;
/**
 * While one is written, the next is on its way: what an author sends meanwhile waits for one round trip, what others
 * send for half of one.
 */
const REQUESTS_AT_ONCE = 2;
/** A request that takes longer no longer holds back what others have to send. */
const SLOW_MS = 50;
/** Of a request. NATS carries 1 MB by default, and the reply repeats the texts. */
const MAX_REQUEST_BYTES = 524_288;

export interface Send {
  sessionId: string;
  author: Exclude<Author, { type: 'bot' }>;
  content: string;
  clientMessageId?: string | undefined;
}
export type Sent = Reply<{ message: MessageEntry; repeated: boolean }>;

type Endpoints = SessionApi['endpoints'];
type AppendReply = ValueOf<Endpoints['appendMany']>['replies'][number];
interface Append {
  request: RequestOf<Endpoints['append']>;
  timeoutMs: number;
  /** The trace of its first message. */
  trace: Trace | undefined;
}

interface Item extends Send {
  /** Its author in its session. */
  key: string;
  clientMessageId: string;
  at: number;
  /** In its batch. */
  place: number;
  /** The request belongs to the trace of its first message; further appends name their own. [O4] */
  trace: Trace | undefined;
}

/**
 * [M2] [M3] Appends messages to the log. What all sessions of this gateway have to send while a request is in progress
 * goes as the next one. Of each author in each session one append is in progress at a time, and what it sends meanwhile
 * is its next, so its order is kept. Every message has an id before it leaves, so one with an unknown outcome can be
 * repeated: by itself, as the first attempt may have failed for another's sake. When it finally fails, the messages
 * behind it fail too: stored alone, they would be out of order.
 */
export function createMessageSender(
  session: Pick<Caller<SessionApi>, 'append' | 'appendMany'>,
  clock: () => number = () => Date.now(),
) {
  const { alone, together } = createAppendTogether(session, clock);
  /** When an author's messages last failed, while there may be some behind them. */
  const failedAt = new Map<string, number>();
  /** The current outage, in which nothing was stored for anybody: its start, and when it was last observed. */
  let outage: { since: number; seen: number } | undefined;

  const appendOf = (items: readonly Item[], { attempt = 0, leads = true } = {}): Append => {
    const [first] = items as [Item];
    const timeout = ATTEMPTS_MS[attempt] ?? ATTEMPTS_MS.at(-1) ?? DEADLINE_MS;
    // Every append has its trace in logs and in what follows from it; each message in spans, while they are recorded.
    const isNamed = (index: number) => (index === 0 ? !leads : isRecording());
    const messages = items.map(({ content, clientMessageId, trace }, index) =>
      isNamed(index) ? { content, clientMessageId, traceparent: traceparentOf(trace) } : { content, clientMessageId },
    );
    return {
      request: { sessionId: first.sessionId, author: first.author, messages },
      timeoutMs: Math.min(timeout, Math.max(PAUSE_MS, first.at + DEADLINE_MS - clock())),
      trace: first.trace,
    };
  };

  /** Undefined while it is not known what becomes of the messages. */
  const settle = (items: readonly Item[], reply: AppendReply): Sent[] | undefined => {
    if (!reply.ok && isTransient(reply.code)) return undefined;
    outage = undefined;
    if (!reply.ok) return items.map(() => refuse(reply.code, reply.message, reply.field));
    return reply.value.results.map((result) =>
      result.ok
        ? accept({ message: result.value.entry, repeated: result.value.repeated })
        : refuse(result.code, result.message, fieldOf(result.field)),
    );
  };
  /** Repeats an append until it is settled, or given up. */
  const persist = async (items: readonly Item[], first: AppendReply): Promise<Sent[]> => {
    const deadline = (items[0]?.at ?? 0) + DEADLINE_MS;
    let reply = first;
    /** An attempt may have been stored although its reply was lost. */
    let unknown = false;
    for (let attempt = 1; ; attempt++) {
      const settled = settle(items, reply);
      if (settled !== undefined) return settled;
      const now = clock();
      if (!reply.ok && reply.code === 'UNAVAILABLE') {
        // When nobody wrote for long, nothing is known about the time between.
        const since = outage !== undefined && now - outage.seen < DEADLINE_MS ? outage.since : now;
        outage = { since, seen: now };
      } else unknown = true;
      const lasting = outage !== undefined && now + PAUSE_MS >= outage.since + OUTAGE_MS;
      if (lasting || now + PAUSE_MS >= deadline) return items.map(() => (unknown ? unconfirmed : notStored));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      reply = await alone(appendOf(items, { attempt }));
    }
  };
  /** The appends of one author, one after the other, of which the first has been answered. */
  const finish = async (appends: readonly Item[][], first: AppendReply | Promise<AppendReply>): Promise<Sent[]> => {
    const results: Sent[] = [];
    for (const [index, items] of appends.entries()) {
      if (hasFailed(results.at(-1))) results.push(...items.map(() => notStored));
      else results.push(...(await persist(items, index === 0 ? await first : await alone(appendOf(items)))));
    }
    if (hasFailed(results.at(-1))) noteFailure(appends[0]?.[0]?.key ?? '');
    return results;
  };
  const noteFailure = (key: string) => {
    const at = clock();
    failedAt.set(key, at);
    setTimeout(() => failedAt.get(key) === at && failedAt.delete(key), DEADLINE_MS).unref();
  };

  const appendAll = async (items: readonly Item[]): Promise<(Sent | Promise<Sent>)[]> => {
    const results: (Sent | Promise<Sent>)[] = items.map(() => notStored);
    const authors: Item[][][] = [];
    for (const [index, item] of items.entries()) item.place = index;
    for (const [key, own] of Map.groupBy(items, (item) => item.key)) {
      // Messages sent before an earlier one failed fail with it: stored now, they would be out of order. [M3]
      const failed = failedAt.get(key) ?? Number.NEGATIVE_INFINITY;
      const appends = splitByEpoch(own.filter(({ at }) => at > failed));
      if (appends.length > 0) authors.push(appends);
    }
    const firsts = authors.map(([first = []], index) => appendOf(first, { leads: index === 0 }));
    const replies = await together(firsts);
    for (const [index, appends] of authors.entries()) {
      const [first = [], ...others] = appends;
      const reply = replies[index] ?? notStored;
      const settled = reply instanceof Promise || others.length > 0 ? undefined : settle(first, reply);
      const finished = settled ?? finish(appends, reply);
      for (const [at, item] of appends.flat().entries())
        results[item.place] =
          finished instanceof Promise ? finished.then((all) => all[at] ?? notStored) : (finished[at] ?? notStored);
    }
    return results;
  };

  const batches = batchWhileBusy<Item, Sent>({
    // Each append has at least one message.
    maxBatch: MAX_APPENDS,
    concurrency: REQUESTS_AT_ONCE,
    fitting: (items) => countFitting(items, MAX_REQUEST_BYTES, bytesOf),
    keyOf: ({ key }) => key,
    slowAfterMs: SLOW_MS,
    // What arrives in one read goes together, instead of the first by itself.
    wholeTurns: true,
    run: appendAll,
  });

  return (send: Send): Promise<Sent> =>
    batches.add({
      ...send,
      key: send.author.type === 'agent' ? `${send.sessionId} ${send.author.agentId}` : send.sessionId,
      clientMessageId: send.clientMessageId ?? newId(),
      at: clock(),
      place: 0,
      trace: currentTrace(),
    });
}
export type SendMessage = ReturnType<typeof createMessageSender>;

/**
 * Sends appends of several sessions in one request; a lone one goes by itself. Each has its own reply, or the promise
 * of it: what is refused, slow or unknown about one is not the others' concern.
 */
function createAppendTogether(session: Pick<Caller<SessionApi>, 'append' | 'appendMany'>, clock: () => number) {
  let oneByOneUntil = 0;
  const alone = ({ request, timeoutMs, trace }: Append, atOnce = false): Promise<AppendReply> =>
    inTraceOf(trace, () => session.append(request, { timeoutMs, atOnce }));

  const together = async (appends: readonly Append[]): Promise<readonly (AppendReply | Promise<AppendReply>)[]> => {
    const [first, ...others] = appends;
    if (first === undefined) return [];
    if (others.length === 0) return [await alone(first, true)];
    if (clock() < oneByOneUntil) return appends.map((append) => alone(append));
    const timeoutMs = Math.max(...appends.map((append) => append.timeoutMs));
    let isServed = true;
    const onUnserved = () => {
      isServed = false;
    };
    const request = { appends: appends.map((append) => append.request) };
    const reply = await inTraceOf(first.trace, () =>
      session.appendMany(request, { timeoutMs, onUnserved, atOnce: true }),
    );
    if (reply.ok)
      return appends.map((_, index) => reply.value.replies[index] ?? refuse('TIMEOUT', 'This has no reply.'));
    // There is none at all, or only older ones, as during an upgrade. [O1]
    if (!isServed) oneByOneUntil = clock() + ONE_BY_ONE_MS;
    else if (reply.code === 'UNAVAILABLE' || reply.code === 'TIMEOUT') return appends.map(() => reply);
    // Refused as a whole, for something about one of them.
    return appends.map((append) => alone(append));
  };
  return { alone, together };
}

const unconfirmed = refuse(
  'TIMEOUT',
  'It could not be confirmed that this was stored; send it again with the same id.',
);
const notStored = refuse('UNAVAILABLE', 'Nothing can be stored at the moment, and this was not; send it again.');
const hasFailed = (result: Sent | undefined) => result === unconfirmed || result === notStored;

const isTransient = (code: ErrorCode) => code === 'TIMEOUT' || code === 'UNAVAILABLE';

/** Splits the messages of one author into appends, each with one epoch. */
function splitByEpoch(items: readonly Item[]): Item[][] {
  const appends: Item[][] = [];
  for (const item of items) {
    const append = appends.at(-1);
    if (append?.[0] !== undefined && append.length < MAX_APPEND && epochOf(append[0]) === epochOf(item))
      append.push(item);
    else appends.push([item]);
  }
  return appends;
}

const epochOf = ({ author }: Item) => (author.type === 'agent' ? author.epoch : undefined);

/** `messages.0.content` of a request is `content` of the event that sent the message. */
const fieldOf = (field: string | undefined) => field?.split('.').at(-1);

/** No less than a message takes in the request, and in the reply, which adds ids and times. */
const bytesOf = ({ content }: Item): number => ENTRY_BYTES + jsonBytesAtMost(content);
const ENTRY_BYTES = 1_000;
