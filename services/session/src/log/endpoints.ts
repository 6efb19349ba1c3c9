import { accept, refuse, type SessionApi } from '@baton/contracts';
import { type Handlers, type Log, newId, throttled } from '@baton/runtime';
import type { Publications } from '../publications.ts';
import type { SizeLimit } from '../sessions/size-limit.ts';
import type { Stores } from '../stores-postgres.ts';
import { replyToAppend, resultOf } from './append-replies.ts';
import type { Appender } from './appender.ts';
import { pendingMessages } from './pending-message.ts';

type LogHandlers = Pick<Handlers<SessionApi>, 'append' | 'listEntries' | 'countEntries' | 'heads'>;

const NO_SUCH_CHAT = 'There is no such chat.';

export function logEndpoints(parts: {
  stores: Pick<Stores, 'entries'>;
  appender: Appender;
  publications: Publications;
  sizeLimit: Pick<SizeLimit, 'stored'>;
  log: Log;
}): LogHandlers {
  const { appender, publications, sizeLimit, log } = parts;
  const { entries } = parts.stores;
  return {
    async append(request) {
      const { sessionId } = request;
      if (request.author.type !== 'bot') {
        const index = request.messages.findIndex((message) => message.inReplyTo !== undefined);
        const field = `messages.${index}.inReplyTo`;
        if (index >= 0) return refuse('VALIDATION_FAILED', `${field}: only answers of the bot carry it`, field);
      }
      const items = pendingMessages(request, newId);
      const ownTraces = request.messages.flatMap(({ traceparent }) => traceparent ?? []);
      const settled = await appender.append(items, ownTraces);
      const results = items.map((item, index) => resultOf(item, index, settled[index]));
      const stored = settled.flatMap((written, index) => {
        if (written instanceof Error)
          throttled(log).error(sessionId, { err: written, sessionId }, 'a message could not be written');
        const result = results[index];
        if (written instanceof Error || written.outcome !== 'stored' || !result?.ok) return [];
        const { traceparent } = request.messages[index] ?? {};
        const { answers, epoch, source } = written;
        return [{ entry: result.value.entry, answers, epoch, source, traceparent }];
      });
      publications.messagesStored(sessionId, stored);
      sizeLimit.stored(
        sessionId,
        stored.map(({ entry }) => entry),
      );
      return replyToAppend(results);
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
