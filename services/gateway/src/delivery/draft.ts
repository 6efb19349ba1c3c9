import type { Draft, Entry } from '@baton/contracts';

/** The bot publishes a draft many times a second. One that has not grown for this long is abandoned. */
export const DRAFT_TIMEOUT_MS = 15_000;

/**
 * [M6] The bot's draft in one session. Drafts and entries travel apart, so a draft can arrive after the answer that
 * replaced it, or after control has left the bot. Such a late draft is not shown, and one that stops growing is ended.
 */
export function createDraft(tell: (draft: Draft) => void) {
  let current: Draft | undefined;
  let timer: NodeJS.Timeout | undefined;
  let answered = 0;
  let epoch = 0;
  let endedTurn: string | undefined;

  const forget = () => {
    clearTimeout(timer);
    current = undefined;
  };
  const abandon = () => {
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
        timer = setTimeout(abandon, DRAFT_TIMEOUT_MS);
      }
      tell(draft);
    },
    /** Call before the entry is shown. */
    beforeEntry(entry: Entry): void {
      if (entry.kind === 'event') {
        epoch = entry.change.epoch;
        abandon();
      } else if (entry.sender === 'bot' && entry.inReplyTo !== undefined) {
        answered = Math.max(answered, entry.inReplyTo);
        if (current !== undefined && current.inReplyTo <= answered) forget();
      }
    },
    stop: forget,
  };
}
