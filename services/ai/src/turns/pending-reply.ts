import type { BotContext, Entry } from '@baton/contracts';
import { personaOf } from '../context/persona.ts';
import { isFromCustomer, unanswered } from '../context/transcript.ts';
import type { Debt } from './machine/states.ts';

/** What `session.beginTurn` gave, as far as it says what is owed. */
export interface Begun {
  session: { epoch: number; botContext?: BotContext | null };
  unansweredSeq: number;
  entries: readonly Entry[];
}

/** The mark on words that come before a handover: they answer nothing, and oblige to hand over. */
export const HANDOVER_MARK = 'handover';
/** The mark on the answer that there is no place in line: what obliged to hand over is settled. */
export const STAYS_MARK = 'stays';

/** What is owed to the customer, and of which kind. */
export function debtOf(begun: Begun, now: number, personaAllowed = false): Debt {
  const { entries, unansweredSeq } = begun;
  const asked = unanswered(entries);
  const newest = asked.at(-1) ?? entries.find(({ seq }) => seq === unansweredSeq);
  const persona = personaOf(begun.session.botContext, personaAllowed);
  const owed = {
    epoch: begun.session.epoch,
    unansweredSeq,
    newestAt: newest === undefined ? now : Date.parse(newest.timestamp),
  };
  const kind = kindOf(begun);
  const beginning = entries.find(isBeginning);
  // A persona is introduced also to a customer who was faster; the fixed greeting is not worth making them wait.
  const introduces = persona !== undefined && kind !== 'handover' && nobodyHasAnswered(entries);
  if (beginning !== undefined && (kind === 'greeting' || introduces))
    return { ...owed, kind: 'greeting', beginningSeq: beginning.seq, ...(persona !== undefined && { persona: true }) };
  return { ...owed, kind };
}

function kindOf({ entries, unansweredSeq }: Begun): Debt['kind'] {
  const owed = entries.find(({ seq }) => seq === unansweredSeq);
  if (owed !== undefined && isBeginning(owed)) return 'greeting';
  if (handoverWasBegun(entries)) return 'handover';
  return 'answer';
}

const isBeginning = (entry: Entry) => entry.kind === 'event' && entry.change.cause === 'started';
const nobodyHasAnswered = (entries: readonly Entry[]) =>
  entries.every((entry) => entry.kind === 'event' || isFromCustomer(entry));

/** Words that announce a handover, and after them neither a change of control nor the word that there is none. */
function handoverWasBegun(entries: readonly Entry[]): boolean {
  const settled = entries.findLastIndex(
    (entry) => entry.kind === 'event' || (entry.sender === 'bot' && STAYS_MARK in entry.metadata),
  );
  return entries
    .slice(settled + 1)
    .some((entry) => entry.kind === 'message' && entry.sender === 'bot' && entry.metadata[HANDOVER_MARK] === true);
}
