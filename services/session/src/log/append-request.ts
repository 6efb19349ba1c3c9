import {
  accept,
  type CodeOf,
  type JsonObject,
  type MessageEntry,
  type ParsedRequestOf,
  type Reply,
  refuse,
  type Sender,
  type SessionApi,
  type SessionStatus,
  type ValueOf,
} from '@baton/contracts';
import { refusalOf } from '@baton/runtime';
import { NOT_ASSIGNED } from '../control/not-assigned.ts';

type Append = SessionApi['endpoints']['append'];
type Result = ValueOf<Append>['results'][number];
export type AppendReply = Reply<ValueOf<Append>, CodeOf<Append>>;

/** A message to append to the log of its session. */
export interface PendingMessage {
  /** The id of its entry. */
  id: string;
  sessionId: string;
  sender: Sender;
  agentId: string | null;
  /** [C2] The epoch that the writer knows; null when it gives none. */
  epoch: number | null;
  /** [M2] */
  clientMessageId: string | null;
  content: string;
  /** [A2] */
  inReplyTo: number | null;
  metadata: JsonObject;
}

/** Why a message was not written, in the order in which append-postgres.ts checks. NOT_ASSIGNED comes first. [S1] */
export type Refused =
  | 'NOT_ASSIGNED'
  | 'NOT_FOUND'
  | 'ID_REUSED'
  | 'SESSION_CLOSED'
  | 'STALE_EPOCH'
  /** It answers an entry that does not exist. */
  | 'ANSWERS_NOTHING'
  | 'ALREADY_ANSWERED';

/** The outcome of one pending message. */
export type Written =
  | {
      outcome: 'stored' | 'repeated';
      id: string;
      seq: number;
      at: Date;
      senderName: string | null;
      inReplyTo: number | null;
      metadata: JsonObject;
      /** The session's state when the message was written. */
      status: SessionStatus;
      epoch: number;
      /** The session's customer and network address, where known. */
      source: string | null;
      /** Whether the bot answers the session. */
      answers: boolean;
      /** Bytes of text in the log, after all messages that were written with this one. */
      logBytes: number;
    }
  | { outcome: Refused };

/** The messages of an append request. `newId` makes UUIDv7s. */
export function pendingMessages(request: ParsedRequestOf<Append>, newId: () => string): PendingMessage[] {
  const { sessionId, author } = request;
  return request.messages.map((message) => ({
    id: newId(),
    sessionId,
    sender: author.type === 'customer' ? 'user' : author.type,
    agentId: author.type === 'agent' ? author.agentId : null,
    epoch: author.type === 'customer' ? null : (author.epoch ?? null),
    clientMessageId: message.clientMessageId ?? null,
    content: message.content,
    inReplyTo: message.inReplyTo ?? null,
    metadata: message.metadata ?? {},
  }));
}

const MAX_TOKENS = 10_000_000;

/** The tokens of a bot's answer, from its metadata: `usage: {promptTokens, completionTokens}`. */
export function tokensOf(message: PendingMessage): { prompt: number; completion: number } {
  const usage = message.sender === 'bot' ? message.metadata.usage : undefined;
  const count = (name: string) => {
    const value = typeof usage === 'object' && usage !== null ? Reflect.get(usage, name) : undefined;
    return Number.isSafeInteger(value) && value > 0 ? Math.min(value, MAX_TOKENS) : 0;
  };
  return { prompt: count('promptTokens'), completion: count('completionTokens') };
}

/** Refusals that depend on the session alone, so all new messages of a request get the same one. */
const sessionRefusals = {
  NOT_FOUND: 'There is no such chat.',
  SESSION_CLOSED: 'The chat has ended; it takes nothing more.',
  NOT_ASSIGNED,
  STALE_EPOCH: 'Control of the chat has changed; look again.',
} as const;

const isSessionRefusal = (code: string): code is keyof typeof sessionRefusals => code in sessionRefusals;

/** The entry of a stored message. */
function entryOf(item: PendingMessage, written: Extract<Written, { seq: number }>): MessageEntry {
  return {
    kind: 'message',
    id: written.id,
    sessionId: item.sessionId,
    seq: written.seq,
    content: item.content,
    sender: item.sender,
    ...(item.agentId !== null && { senderId: item.agentId }),
    ...(written.senderName !== null && { senderName: written.senderName }),
    ...(item.clientMessageId !== null && { clientMessageId: item.clientMessageId }),
    ...(written.inReplyTo !== null && { inReplyTo: written.inReplyTo }),
    timestamp: written.at.toISOString(),
    metadata: written.metadata,
  };
}

/**
 * The reply to an append: one result for each message. When the session refuses all of them for one reason, the request
 * is refused.
 */
export function replyToAppend(results: Result[]): AppendReply {
  const codes = new Set(results.map((result) => (result.ok ? 'ok' : result.code)));
  const [only] = codes;
  if (codes.size === 1 && only !== undefined && isSessionRefusal(only)) return refuse(only, sessionRefusals[only]);
  return accept({ results });
}

/** The result of the message at `index` of its request. */
export function resultOf(item: PendingMessage, index: number, written: Written | Error | undefined): Result {
  if (written === undefined || written instanceof Error) return refusalOf(written);
  if ('seq' in written)
    return { ok: true, value: { entry: entryOf(item, written), repeated: written.outcome === 'repeated' } };
  switch (written.outcome) {
    case 'ID_REUSED':
      return refuse('ID_REUSED', 'This id was already used for another message.', `messages.${index}.clientMessageId`);
    case 'ALREADY_ANSWERED':
      return refuse('ALREADY_ANSWERED', 'This entry has its answer already.', `messages.${index}.inReplyTo`);
    case 'ANSWERS_NOTHING':
      return refuse(
        'VALIDATION_FAILED',
        `messages.${index}.inReplyTo: the chat has no entry of this number yet`,
        `messages.${index}.inReplyTo`,
      );
    default:
      return refuse(written.outcome, sessionRefusals[written.outcome]);
  }
}
