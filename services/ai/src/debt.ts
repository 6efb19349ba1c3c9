import type { Entry } from '@baton/contracts';
import { unanswered } from './transcript.ts';
import type { Debt } from './turn-machine.ts';

/** What `session.beginTurn` gave, as far as it says what is owed. */
export interface Begun {
  session: { epoch: number };
  unansweredSeq: number;
  entries: readonly Entry[];
}

/** The mark on words that come before a handover: they answer nothing, and oblige to hand over. */
export const HANDOVER_MARK = 'handover';

/** What is owed to the customer, and of which kind. */
export function debtOf(begun: Begun, now: number): Debt {
  const { entries, unansweredSeq } = begun;
  const asked = unanswered(entries);
  const newest = asked.at(-1) ?? entries.find(({ seq }) => seq === unansweredSeq);
  return {
    epoch: begun.session.epoch,
    unansweredSeq,
    newestAt: newest === undefined ? now : Date.parse(newest.timestamp),
    kind: kindOf(begun),
  };
}

function kindOf({ entries, unansweredSeq }: Begun): Debt['kind'] {
  const owed = entries.find(({ seq }) => seq === unansweredSeq);
  if (owed?.kind === 'event' && owed.change.cause === 'started') return 'greeting';
  if (handoverWasBegun(entries)) return 'handover';
  return 'answer';
}

/** Words that announce a handover, and no change of control after them. */
function handoverWasBegun(entries: readonly Entry[]): boolean {
  const lastChange = entries.findLastIndex(({ kind }) => kind === 'event');
  return entries
    .slice(lastChange + 1)
    .some((entry) => entry.kind === 'message' && entry.sender === 'bot' && entry.metadata[HANDOVER_MARK] === true);
}
