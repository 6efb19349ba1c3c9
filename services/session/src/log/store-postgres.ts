import type { Change, Entry, Head, JsonObject, Sender, SessionStatus } from '@baton/contracts';
import { countFitting } from '@baton/runtime';
import type { Database } from '../platform/database-postgres.ts';

/** A row of messages with the names of `ENTRY_COLUMNS`. */
interface EntryRow {
  id: string;
  sessionId: string;
  seq: number;
  kind: 'message' | 'event';
  content: string;
  sender: Sender;
  senderId: string | null;
  senderName: string | null;
  clientMessageId: string | null;
  inReplyTo: number | null;
  change: Change | null;
  timestamp: Date;
  metadata: JsonObject;
}

const ENTRY_COLUMNS = `m.id, m.session_id AS "sessionId", m.seq, m.kind, m.content, m.sender,
  m.sender_id AS "senderId", m.sender_name AS "senderName", m.client_message_id AS "clientMessageId",
  m.in_reply_to AS "inReplyTo", m.change, m.timestamp, m.metadata`;

function toEntry(row: EntryRow): Entry {
  const item = {
    id: row.id,
    sessionId: row.sessionId,
    seq: row.seq,
    content: row.content,
    sender: row.sender,
    ...(row.senderId !== null && { senderId: row.senderId }),
    ...(row.senderName !== null && { senderName: row.senderName }),
    timestamp: row.timestamp.toISOString(),
    metadata: row.metadata,
  };
  if (row.change !== null) return { ...item, kind: 'event', change: row.change };
  return {
    ...item,
    kind: 'message',
    ...(row.clientMessageId !== null && { clientMessageId: row.clientMessageId }),
    ...(row.inReplyTo !== null && { inReplyTo: row.inReplyTo }),
  };
}

interface Page {
  entries: Entry[];
  hasMore: boolean;
}

/** The entries with afterSeq < seq ≤ throughSeq, from the first of them. */
const FORWARD = `/* entries forward */
SELECT ${ENTRY_COLUMNS} FROM messages m
WHERE m.session_id = $1 AND m.seq > $2 AND m.seq <= $3 ORDER BY m.seq LIMIT $4`;

/** The same, up to a number of bytes of text. Postgres knows the length of a text without reading it. */
const FORWARD_WITHIN = `/* entries forward within */
SELECT ${ENTRY_COLUMNS} FROM (
  SELECT *, sum(octet_length(content)) OVER (ORDER BY seq) - octet_length(content) AS before FROM messages
  WHERE session_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4
) m
WHERE m.before < $5 ORDER BY m.seq`;

/** The same, from the last of them backwards. */
const BACKWARD = `/* entries backward */
SELECT ${ENTRY_COLUMNS} FROM messages m
WHERE m.session_id = $1 AND m.seq > $2 AND m.seq <= $3 ORDER BY m.seq DESC LIMIT $4`;

interface HeadRow {
  sessionId: string;
  lastSeq: number;
  epoch: number;
  status: SessionStatus;
}

const HEADS = `/* heads */
SELECT id AS "sessionId", last_seq AS "lastSeq", epoch, status FROM chat_sessions WHERE id = ANY ($1::text[])`;

export function createEntryStore(database: Database) {
  return {
    /**
     * A page of a log, in order. `throughSeq` is the `lastSeq` that the caller read with the session. Entries never
     * change, so this bound makes the two reads consistent.
     */
    async readPage(options: {
      sessionId: string;
      afterSeq: number;
      throughSeq: number;
      limit: number;
      maxBytes?: number | undefined;
      last?: boolean;
    }): Promise<Page> {
      const { sessionId, afterSeq, throughSeq, limit, maxBytes, last = false } = options;
      if (throughSeq <= afterSeq) return { entries: [], hasMore: false };
      if (maxBytes !== undefined && !last) {
        const rows = await database.statement<EntryRow>(
          FORWARD_WITHIN,
          sessionId,
          afterSeq,
          throughSeq,
          limit,
          maxBytes,
        );
        const found = rows.map(toEntry);
        const entries = found.slice(0, countFitting(found));
        return { entries, hasMore: (entries.at(-1)?.seq ?? afterSeq) < throughSeq };
      }
      const sql = last ? BACKWARD : FORWARD;
      const rows = await database.statement<EntryRow>(sql, sessionId, afterSeq, throughSeq, limit + 1);
      const found = rows.slice(0, limit).map(toEntry);
      const entries = found.slice(0, countFitting(found));
      return { entries: last ? entries.reverse() : entries, hasMore: entries.length < rows.length };
    },

    /** The heads of sessions, without those that do not exist. */
    async readHeads(sessionIds: readonly string[]): Promise<Head[]> {
      return database.statement<HeadRow>(HEADS, sessionIds);
    },

    /** Counts the entries of a log by sender. Events count in the total only. */
    async count(sessionId: string) {
      const groups = await database.prisma.message.groupBy({
        by: ['kind', 'sender'],
        where: { sessionId },
        _count: { _all: true },
      });
      const count = (matches: (group: (typeof groups)[number]) => boolean) =>
        groups.filter(matches).reduce((sum, group) => sum + group._count._all, 0);
      const messagesOf = (sender: Sender) => count((group) => group.kind === 'message' && group.sender === sender);
      return {
        total: count(() => true),
        messages: count((group) => group.kind === 'message'),
        user: messagesOf('user'),
        bot: messagesOf('bot'),
        agent: messagesOf('agent'),
        system: messagesOf('system'),
      };
    },
  };
}
