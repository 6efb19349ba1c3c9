import type { JsonObject, ParsedRequestOf, Sender, SessionApi, SessionStatus } from '@baton/contracts';

/** A message that is to be written to the log of its session. */
export interface PendingMessage {
  /** Of the entry it becomes. */
  id: string;
  sessionId: string;
  sender: Sender;
  agentId: string | null;
  /** [C2] Control as the writer knows it; null when the writer does not say. */
  epoch: number | null;
  /** [M2] */
  clientMessageId: string | null;
  content: string;
  /** [A2] */
  inReplyTo: number | null;
  metadata: JsonObject;
}

/** Why a message was not written, in the order in which the reasons are looked for. */
export type Refused =
  | 'NOT_FOUND'
  | 'ID_REUSED'
  | 'SESSION_CLOSED'
  | 'NOT_ASSIGNED'
  | 'STALE_EPOCH'
  /** It answers an entry that does not exist yet. */
  | 'ANSWERS_NOTHING'
  | 'ALREADY_ANSWERED';

/** The answer of the log to one pending message. */
export type Written =
  | {
      outcome: 'stored' | 'repeated';
      id: string;
      seq: number;
      at: Date;
      senderName: string | null;
      inReplyTo: number | null;
      metadata: JsonObject;
      /** Of the session, when it was written. */
      status: SessionStatus;
      epoch: number;
      /** Where the session comes from, when that is known. */
      source: string | null;
      /** Whether the bot answers the session. */
      answers: boolean;
    }
  | { outcome: Refused };

/** The parts of an append request, as messages of their own. `newId` makes UUIDv7s. */
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

/** What the model was given and gave for an answer, if its metadata says: `usage: {promptTokens, completionTokens}`. */
export function tokensOf(message: PendingMessage): { prompt: number; completion: number } {
  const usage = message.sender === 'bot' ? message.metadata.usage : undefined;
  const count = (name: string) => {
    const value = typeof usage === 'object' && usage !== null ? Reflect.get(usage, name) : undefined;
    return Number.isSafeInteger(value) && value > 0 ? Math.min(value, MAX_TOKENS) : 0;
  };
  return { prompt: count('promptTokens'), completion: count('completionTokens') };
}
