import type { BotContext, Entry, SessionStatus, VerifiedCustomer } from '@baton/contracts';
import { botContextOf, personaOf } from '../../context/persona.ts';
import { isFromCustomer, unanswered } from '../../context/transcript.ts';
import { standsIn } from './stand-in.ts';
import type { PendingReply } from './states.ts';

/** What `session.beginTurn` returned, as far as the pending reply follows from it. */
export interface Begun {
  session: {
    epoch: number;
    customer?: VerifiedCustomer | null | undefined;
    botContext?: BotContext | null;
    status?: SessionStatus;
  };
  unansweredSeq: number;
  entries: readonly Entry[];
}

/** Metadata of the text before a handoff: it answers nothing, and the handoff must follow. */
export const HANDOFF_MARK = 'handover';
/** Metadata of the answer that the queue has no room: it settles a handoff that was begun. */
export const STAYS_MARK = 'stays';

/** What the customer waits for, and of which kind it is. */
export function pendingReplyOf(begun: Begun, now: number, personaAllowed = false): PendingReply {
  const { session, entries, unansweredSeq } = begun;
  const newest = unanswered(entries).at(-1) ?? entries.find(({ seq }) => seq === unansweredSeq);
  const persona = personaOf(botContextOf(session), personaAllowed);
  const pending = {
    epoch: session.epoch,
    unansweredSeq,
    newestAt: newest === undefined ? now : Date.parse(newest.timestamp),
    ...(session.status !== undefined && standsIn({ status: session.status }) && { standIn: true }),
  };
  const kind = kindOf(begun);
  const beginning = entries.find(isBeginning);
  // A persona is introduced even when the customer wrote first. The configured greeting is not worth the wait.
  const introduces = persona !== undefined && kind !== 'handoff' && nobodyHasAnswered(entries);
  if (beginning !== undefined && (kind === 'greeting' || introduces))
    return {
      ...pending,
      kind: 'greeting',
      beginningSeq: beginning.seq,
      ...(persona !== undefined && { persona: true }),
    };
  return { ...pending, kind };
}

function kindOf({ entries, unansweredSeq }: Begun): PendingReply['kind'] {
  const newest = entries.find(({ seq }) => seq === unansweredSeq);
  if (newest !== undefined && isBeginning(newest)) return 'greeting';
  if (handoffWasBegun(entries)) return 'handoff';
  return 'answer';
}

const isBeginning = (entry: Entry) => entry.kind === 'event' && entry.change.cause === 'started';
const nobodyHasAnswered = (entries: readonly Entry[]) =>
  entries.every((entry) => entry.kind === 'event' || isFromCustomer(entry));

/**
 * A text promised a handoff, and since then control has not changed and the customer was not told that the queue is
 * full.
 */
function handoffWasBegun(entries: readonly Entry[]): boolean {
  const settled = entries.findLastIndex(
    (entry) => entry.kind === 'event' || (entry.sender === 'bot' && STAYS_MARK in entry.metadata),
  );
  return entries
    .slice(settled + 1)
    .some((entry) => entry.kind === 'message' && entry.sender === 'bot' && entry.metadata[HANDOFF_MARK] === true);
}
