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
import type { PendingMessage, Written } from './pending-message.ts';

type Append = SessionApi['endpoints']['append'];
type Result = ValueOf<Append>['results'][number];

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
export function replyToAppend(results: Result[]): Reply<ValueOf<Append>, CodeOf<Append>> {
  const codes = new Set(results.map((result) => (result.ok ? 'ok' : result.code)));
  const [only] = codes;
  if (codes.size === 1 && only !== undefined && isSessionRefusal(only)) return refuse(only, sessionRefusals[only]);
  return accept({ results });
}

/** The result of the message at `index` of its request. */
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
      return refuse(written.outcome, sessionRefusals[written.outcome]);
  }
}
