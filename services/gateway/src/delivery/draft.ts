import type { Draft, Entry } from '@baton/contracts';
import { type DraftView, draftCame, entriesShown, noDraft, withoutDraft } from '@baton/contracts/arrival';

/** The bot publishes a draft many times a second. One that has not grown for this long is abandoned. */
export const DRAFT_TIMEOUT_MS = 15_000;

/** [M6] The bot's draft in one session. Late drafts are not told, and one that stops growing is ended. */
export function createDraft(tell: (draft: Draft) => void) {
  let view = noDraft;
  let timer: NodeJS.Timeout | undefined;

  const put = (next: DraftView) => {
    if (next.shown !== view.shown) clearTimeout(timer);
    if (next.shown !== null && !next.shown.ended && next.shown !== view.shown)
      timer = setTimeout(abandon, DRAFT_TIMEOUT_MS, next.shown);
    view = next;
  };
  const abandon = (shown: Draft) => {
    const last = { ...shown, ended: true };
    put(withoutDraft(draftCame(view, last)));
    tell(last);
  };

  return {
    received(draft: Draft): void {
      const next = draftCame(view, draft);
      if (next === view) return;
      put(next);
      tell(draft);
    },
    /** Call before the entry is shown. */
    beforeEntry(entry: Entry): void {
      const { shown } = view;
      put(entriesShown(view, [entry]));
      if (shown !== null && !shown.ended && view.shown === null && entry.kind === 'event')
        tell({ ...shown, ended: true });
    },
    stop: () => put(withoutDraft(view)),
  };
}
