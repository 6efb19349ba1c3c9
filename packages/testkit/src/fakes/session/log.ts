import {
  type Author,
  accept,
  channels,
  type MessageEntry,
  type ParsedRequestOf,
  refuse,
  type SessionApi,
  type ValueOf,
} from '@baton/contracts';
import type { FakeHandlers } from '../direct-caller.ts';
import { addEntry, botAnswers, copy, type FakeRecord, isMessage, now, type Records } from './records.ts';

type Endpoints = SessionApi['endpoints'];
type NewMessage = ParsedRequestOf<Endpoints['append']>['messages'][number];
type Result = ValueOf<Endpoints['append']>['results'][number];

const noSession = () => refuse('NOT_FOUND', 'There is no such chat.');
/** [S1] The same for another agent's session and for none. */
const notAssigned = () => refuse('NOT_ASSIGNED', 'This chat is not assigned to you.');
const SESSION_REFUSALS = ['SESSION_CLOSED', 'NOT_ASSIGNED', 'STALE_EPOCH'] as const;

function write(record: FakeRecord, author: Author, message: NewMessage, index: number, agentName?: string): Result {
  const { session } = record;
  const sender = author.type === 'customer' ? 'user' : author.type;
  const { clientMessageId, content, inReplyTo, metadata = {} } = message;
  const field = (name: string) => `messages.${index}.${name}`;
  const first = record.entries
    .filter(isMessage)
    .find(
      (entry) => clientMessageId !== undefined && entry.clientMessageId === clientMessageId && entry.sender === sender,
    );
  const senderId = author.type === 'agent' ? author.agentId : undefined;
  if (first?.content === content && first.senderId === senderId) return accept({ entry: copy(first), repeated: true });
  if (author.type === 'agent' && session.assignedAgent !== author.agentId) return notAssigned();
  if (first) return refuse('ID_REUSED', 'This id was already used for another message.', field('clientMessageId'));
  if (session.status === 'closed') return refuse('SESSION_CLOSED', 'The chat has ended; it takes nothing more.');
  const epoch = author.type === 'customer' ? undefined : author.epoch;
  if ((sender === 'bot' && !botAnswers(record)) || (epoch !== undefined && epoch !== session.epoch))
    return refuse('STALE_EPOCH', 'Control of the chat has changed; look again.');
  if (inReplyTo !== undefined && inReplyTo > session.lastSeq)
    return refuse('VALIDATION_FAILED', 'the chat has no entry of this number yet', field('inReplyTo'));
  if (sender === 'bot' && inReplyTo !== undefined && inReplyTo <= record.answeredSeq)
    return refuse('ALREADY_ANSWERED', 'This entry has its answer already.', field('inReplyTo'));
  const entry = addEntry<MessageEntry>(record, {
    kind: 'message',
    content,
    sender,
    metadata: copy(metadata),
    ...(senderId !== undefined && { senderId }),
    ...(agentName !== undefined && { senderName: agentName }),
    ...(clientMessageId !== undefined && { clientMessageId }),
    ...(inReplyTo !== undefined && { inReplyTo }),
  });
  settle(record, entry);
  return accept({ entry: copy(entry), repeated: false });
}

/** [A1] A message of the customer makes a reply pending, and an answer of the bot settles it. */
function settle(record: FakeRecord, { sender, seq, inReplyTo = 0 }: MessageEntry) {
  if (sender === 'user' && botAnswers(record)) {
    const since = record.customerWrote ? record.unansweredSince : null;
    Object.assign(record, { unansweredSeq: seq, unansweredSince: since ?? now() });
  }
  if (sender === 'user') record.customerWrote = true;
  record.answeredSeq = Math.max(record.answeredSeq, inReplyTo);
  if ((record.unansweredSeq ?? 0) <= inReplyTo) Object.assign(record, { unansweredSeq: null, unansweredSince: null });
  else if (inReplyTo > 0) {
    const oldest = record.entries.find((entry) => entry.sender === 'user' && entry.seq > inReplyTo);
    record.unansweredSince = oldest?.timestamp ?? record.unansweredSince;
  }
}

/** Appends to logs, and publishes what was stored. */
export function createLog({ agents, publish }: Records) {
  const publishMessages = (record: FakeRecord, results: readonly Result[]) => {
    const stored = results.flatMap((result) => (result.ok && !result.value.repeated ? [result.value.entry] : []));
    if (stored.length === 0) return;
    const sessionId = record.session.id;
    publish(channels.live.entry, { session: sessionId }, { sessionId, entries: stored });
    const question = botAnswers(record) ? stored.findLast(({ sender }) => sender === 'user') : undefined;
    if (question === undefined) return;
    const { seq, timestamp: at } = question;
    const from = record.source !== null && { source: record.source };
    publish(channels.bot.asked, { session: sessionId }, { sessionId, seq, epoch: record.session.epoch, at, ...from });
  };

  return {
    append(record: FakeRecord, author: Author, messages: readonly NewMessage[]): Result[] {
      const agentName = author.type === 'agent' ? agents.get(author.agentId)?.name : undefined;
      const results = messages.map((message, index) => write(record, author, message, index, agentName));
      publishMessages(record, results);
      return results;
    },
  };
}
export type FakeLog = ReturnType<typeof createLog>;

type LogKeys = 'append' | 'appendMany' | 'listEntries' | 'countEntries' | 'heads';

export function logHandlers({ sessions }: Records, log: FakeLog): Pick<FakeHandlers<SessionApi>, LogKeys> {
  const headOf = ({ session: { id, lastSeq, epoch, status } }: FakeRecord) => ({
    sessionId: id,
    lastSeq,
    epoch,
    status,
  });

  const append: FakeHandlers<SessionApi>['append'] = async ({ sessionId, author, messages }) => {
    const answering = messages.findIndex(({ inReplyTo }) => inReplyTo !== undefined);
    const field = `messages.${answering}.inReplyTo`;
    if (author.type !== 'bot' && answering >= 0)
      return refuse('VALIDATION_FAILED', `${field}: only answers of the bot carry it`, field);
    const record = sessions.get(sessionId);
    if (record === undefined) return author.type === 'agent' ? notAssigned() : noSession();
    const results = log.append(record, author, messages);
    const [first] = results;
    const code = SESSION_REFUSALS.find((one) => results.every((result) => !result.ok && result.code === one));
    if (code !== undefined && first !== undefined && !first.ok) return refuse(code, first.message);
    return accept({ results });
  };

  return {
    append,

    async appendMany({ appends }) {
      return accept({ replies: await Promise.all(appends.map(append)) });
    },

    async listEntries({ sessionId, afterSeq, limit, maxBytes = Number.POSITIVE_INFINITY }) {
      const record = sessions.get(sessionId);
      if (record === undefined) return noSession();
      const rest = record.entries.filter(({ seq }) => seq > afterSeq);
      let before = 0;
      const entries = rest.slice(0, limit).filter(({ content }) => {
        const fits = before < maxBytes;
        before += Buffer.byteLength(content);
        return fits;
      });
      return accept({ entries: copy(entries), hasMore: entries.length < rest.length, head: headOf(record) });
    },

    async countEntries({ sessionId }) {
      const record = sessions.get(sessionId);
      if (record === undefined) return noSession();
      const messages = record.entries.filter(isMessage);
      const by = (sender: string) => messages.filter((entry) => entry.sender === sender).length;
      const total = record.entries.length;
      const bySender = { user: by('user'), bot: by('bot'), agent: by('agent'), system: by('system') };
      return accept({ total, messages: messages.length, ...bySender });
    },

    async heads({ sessionIds }) {
      const found = [...new Set(sessionIds)].flatMap((id) => sessions.get(id) ?? []);
      return accept({ heads: found.map(headOf) });
    },
  };
}
