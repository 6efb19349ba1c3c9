import type { Draft, Entry } from '@baton/contracts';

/** The bot publishes a draft many times a second; one that has not grown for this long is taken for given up. */
export const DRAFT_TIMEOUT_MS = 15_000;

/**
 * [M6] The bot's growing answer in one session. Drafts travel apart from entries, so one can come after the answer that
 * replaced it, or after control has left the bot: such a latecomer is not shown. One that stops growing is ended.
 */
export function createGrowingAnswer(tell: (draft: Draft) => void) {
  let current: Draft | undefined;
  let timer: NodeJS.Timeout | undefined;
  let answered = 0;
  let epoch = 0;
  let endedTurn: string | undefined;

  const forget = () => {
    clearTimeout(timer);
    current = undefined;
  };
  const giveUp = () => {
    if (current === undefined) return;
    endedTurn = current.turnId;
    tell({ ...current, ended: true });
    forget();
  };

  return {
    received(draft: Draft): void {
      if (draft.inReplyTo <= answered || draft.epoch < epoch || draft.turnId === endedTurn) return;
      clearTimeout(timer);
      if (draft.ended) {
        endedTurn = draft.turnId;
        forget();
      } else {
        current = draft;
        timer = setTimeout(giveUp, DRAFT_TIMEOUT_MS);
      }
      tell(draft);
    },
    /** Call before the entry is shown. */
    beforeEntry(entry: Entry): void {
      if (entry.kind === 'event') {
        epoch = entry.change.epoch;
        giveUp();
      } else if (entry.sender === 'bot' && entry.inReplyTo !== undefined) {
        answered = Math.max(answered, entry.inReplyTo);
        if (current !== undefined && current.inReplyTo <= answered) forget();
      }
    },
    stop: forget,
  };
}
