import { accept, refuse, type SessionApi } from '@baton/contracts';
import { type Handlers, type Log, newId, throttled } from '@baton/runtime';
import type { Announcements } from '../announcements.ts';
import type { Database } from '../platform/database-postgres.ts';
import type { SizeLimit } from '../sessions/size-limit.ts';
import { replyToAppend, resultOf } from './append-replies.ts';
import type { Appender } from './appender.ts';
import { pendingMessages } from './message.ts';
import { countEntries, readHeads, readPage } from './store-postgres.ts';

type LogHandlers = Pick<Handlers<SessionApi>, 'append' | 'listEntries' | 'countEntries' | 'heads'>;

const NO_SUCH_CHAT = 'There is no such chat.';

export function logHandlers(parts: {
  database: Database;
  appender: Appender;
  announcements: Announcements;
  sizeLimit: Pick<SizeLimit, 'stored'>;
  log: Log;
}): LogHandlers {
  const { database, appender, announcements, sizeLimit, log } = parts;
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
      announcements.messages(sessionId, stored);
      sizeLimit.stored(
        sessionId,
        stored.map(({ entry }) => entry),
      );
      return replyToAppend(results);
    },

    async listEntries({ sessionId, afterSeq, limit, maxBytes }) {
      const [head] = await readHeads(database, [sessionId]);
      if (head === undefined) return refuse('NOT_FOUND', NO_SUCH_CHAT);
      const page = await readPage(database, { sessionId, afterSeq, throughSeq: head.lastSeq, limit, maxBytes });
      return accept({ ...page, head });
    },

    async countEntries({ sessionId }) {
      const counts = await countEntries(database, sessionId);
      // A session has an entry from its first moment.
      return counts.total === 0 ? refuse('NOT_FOUND', NO_SUCH_CHAT) : accept(counts);
    },

    async heads({ sessionIds }) {
      return accept({ heads: await readHeads(database, sessionIds) });
    },
  };
}
