import { accept, type ParsedRequestOf, refuse, type SessionApi } from '@baton/contracts';
import { type Handlers, inTrace, type Log, newId, refusalOf, throttled, within } from '@baton/runtime';
import type { Publications } from '../publications.ts';
import type { SizeLimit } from '../sessions/size-limit.ts';
import type { Stores } from '../stores-postgres.ts';
import { type AppendReply, pendingMessages, replyToAppend, resultOf } from './append-request.ts';
import { type Appender, SLOW_BATCH_MS } from './appender.ts';

type LogHandlers = Pick<Handlers<SessionApi>, 'append' | 'appendMany' | 'listEntries' | 'countEntries' | 'heads'>;
type Append = SessionApi['endpoints']['append'];

const NO_SUCH_CHAT = 'There is no such chat.';
/**
 * How long the appends of a request that were written wait for the others. One that is only queued, behind a batch that
 * is nearly slow and in another, is written by then. Those left wait for a lock or a slow disk.
 */
const OTHERS_WITHIN_MS = 2 * SLOW_BATCH_MS;

export function logEndpoints(parts: {
  stores: Pick<Stores, 'entries'>;
  appender: Appender;
  publications: Publications;
  sizeLimit: Pick<SizeLimit, 'grown'>;
  log: Log;
}): LogHandlers {
  const { appender, publications, sizeLimit, log } = parts;
  const { entries } = parts.stores;

  /** Writes the messages of an append, in its trace: see `inOwnTrace`. */
  const write = async (request: ParsedRequestOf<Append>): Promise<AppendReply> => {
    const { sessionId, messages } = request;
    const items = pendingMessages(request, newId);
    const ownTraces = messages.slice(1).flatMap(({ traceparent }) => traceparent ?? []);
    const settled = await appender.append(items, ownTraces);
    const results = items.map((item, index) => resultOf(item, index, settled[index]));
    const stored = settled.flatMap((written, index) => {
      if (written instanceof Error)
        throttled(log).error(sessionId, { err: written, sessionId }, 'a message could not be written');
      const result = results[index];
      if (written instanceof Error || written.outcome !== 'stored' || !result?.ok) return [];
      const traceparent = index === 0 ? undefined : messages[index]?.traceparent;
      const { answers, epoch, source, logBytes } = written;
      return [{ entry: result.value.entry, answers, epoch, source, logBytes, traceparent }];
    });
    publications.messagesStored(sessionId, stored);
    const newest = stored.at(-1);
    if (newest !== undefined) sizeLimit.grown(sessionId, { entries: newest.entry.seq, bytes: newest.logBytes });
    return replyToAppend(results);
  };

  /** One append of several: whatever becomes of it, a reply. */
  const writeOneOfMany = async (request: ParsedRequestOf<Append>): Promise<AppendReply> => {
    try {
      return await write(request);
    } catch (error) {
      const { sessionId } = request;
      throttled(log).error('appendMany', { err: error, sessionId }, 'an append of several failed');
      return refusalOf(error);
    }
  };

  return {
    append: async (request) => refuseAnswer(request) ?? inOwnTrace(request, () => write(request)),

    async appendMany({ appends }) {
      const replies = appends.map(refuseAnswer);
      const writing = appends.flatMap((request, index) => (replies[index] === undefined ? [{ request, index }] : []));
      const written = writing.map(async ({ request, index }) => {
        replies[index] = await inOwnTrace(request, () => writeOneOfMany(request));
      });
      if (written.length > 0) await Promise.race(written);
      // The outcome of those left is unknown to the caller, who repeats them by themselves.
      await within(OTHERS_WITHIN_MS, Promise.all(written));
      return accept({ replies: appends.map((_, index) => replies[index] ?? notSettled()) });
    },

    async listEntries({ sessionId, afterSeq, limit, maxBytes }) {
      const [head] = await entries.readHeads([sessionId]);
      if (head === undefined) return refuse('NOT_FOUND', NO_SUCH_CHAT);
      const page = await entries.readPage({ sessionId, afterSeq, throughSeq: head.lastSeq, limit, maxBytes });
      return accept({ ...page, head });
    },

    async countEntries({ sessionId }) {
      const counts = await entries.count(sessionId);
      // A session has an entry from its first moment.
      return counts.total === 0 ? refuse('NOT_FOUND', NO_SUCH_CHAT) : accept(counts);
    },

    async heads({ sessionIds }) {
      return accept({ heads: await entries.readHeads(sessionIds) });
    },
  };
}

/** An append is a step of the trace that its first message names: one request may carry appends of several traces. */
function inOwnTrace<T>({ messages: [first] }: ParsedRequestOf<Append>, work: () => T): T {
  return first?.traceparent === undefined ? work() : inTrace(first.traceparent, work);
}

/** The refusal of a message that is no answer of the bot and names what it answers. */
function refuseAnswer({ author, messages }: ParsedRequestOf<Append>): AppendReply | undefined {
  const index = author.type === 'bot' ? -1 : messages.findIndex(({ inReplyTo }) => inReplyTo !== undefined);
  const field = `messages.${index}.inReplyTo`;
  return index < 0 ? undefined : refuse('VALIDATION_FAILED', `${field}: only answers of the bot carry it`, field);
}

const notSettled = () => refuse('TIMEOUT', 'This is not settled yet; it may or may not be stored.');
