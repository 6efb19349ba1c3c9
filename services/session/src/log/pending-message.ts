import type { JsonObject, ParsedRequestOf, Sender, SessionApi, SessionStatus } from '@baton/contracts';

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

/** Why a message was not written, in the order in which append-many-postgres.ts checks. NOT_ASSIGNED comes first. [S1] */
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
    }
  | { outcome: Refused };

/** The messages of an append request. `newId` makes UUIDv7s. */
export function pendingMessages(
  request: ParsedRequestOf<SessionApi['endpoints']['append']>,
  newId: () => string,
): PendingMessage[] {
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
