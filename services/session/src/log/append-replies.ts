import {
  accept,
  type CodeOf,
  type MessageEntry,
  type Reply,
  refuse,
  type SessionApi,
  type ValueOf,
} from '@baton/contracts';
import { NOT_ASSIGNED } from '../control/not-assigned.ts';
import type { PendingMessage, Written } from './message.ts';

type Append = SessionApi['endpoints']['append'];
type Result = ValueOf<Append>['results'][number];

/** What concerns the whole session, and so is the same for every new message of a request. */
const ofTheSession = {
  NOT_FOUND: 'There is no such chat.',
  SESSION_CLOSED: 'The chat has ended; it takes nothing more.',
  NOT_ASSIGNED,
  STALE_EPOCH: 'Control of the chat has changed; look again.',
} as const;

const isOfTheSession = (code: string): code is keyof typeof ofTheSession => code in ofTheSession;

/** The entry that a message has become. */
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
 * The reply to an append: one result for each message. When all of them are refused for one reason that lies in the
 * session, that is the refusal of the whole request.
 */
export function replyToAppend(results: Result[]): Reply<ValueOf<Append>, CodeOf<Append>> {
  const codes = new Set(results.map((result) => (result.ok ? 'ok' : result.code)));
  const [only] = codes;
  if (codes.size === 1 && only !== undefined && isOfTheSession(only)) return refuse(only, ofTheSession[only]);
  return accept({ results });
}

/** What became of a message, the `index`-th of its request. */
export function resultOf(item: PendingMessage, index: number, written: Written | Error | undefined): Result {
  if (written === undefined || written instanceof Error)
    return refuse('INTERNAL', 'Something went wrong on our side; it has been logged.');
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
      return refuse(written.outcome, ofTheSession[written.outcome]);
  }
}
