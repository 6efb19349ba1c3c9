import type { Draft, Entry, Typing } from '@baton/contracts';
import { type DraftView, draftCame, entriesShown, noDraft, withoutDraft } from '@baton/contracts/arrival';

/** What one session shows until an entry comes in its place: the bot's draft, and who is typing. [M6] */

/** The bot publishes a draft many times a second. One that has not grown for this long is abandoned. */
export const DRAFT_TIMEOUT_MS = 15_000;
/** A sign of typing that is not renewed ends. Clients renew it every 2.5 s. */
export const TYPING_TIMEOUT_MS = 6_000;

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

/**
 * [M6] Who is typing in one session. The state ends when its message arrives, or when it is not renewed in time: a
 * client that only applies what it is sent never shows somebody typing for ever.
 */
export function createTypingState(tell: (typing: Typing) => void) {
  const active = new Map<Typing['sender'], { typing: Typing; timer: NodeJS.Timeout }>();

  const end = (sender: Entry['sender']) => {
    if (sender === 'system') return;
    const current = active.get(sender);
    if (current === undefined) return;
    clearTimeout(current.timer);
    active.delete(sender);
    tell({ ...current.typing, active: false });
  };

  return {
    received(typing: Typing): void {
      if (!typing.active) {
        end(typing.sender);
        return;
      }
      clearTimeout(active.get(typing.sender)?.timer);
      const timer = setTimeout(() => end(typing.sender), TYPING_TIMEOUT_MS);
      active.set(typing.sender, { typing, timer });
      tell(typing);
    },
    /** Call before the entry is shown. */
    beforeEntry: (entry: Entry): void => end(entry.sender),
    stop(): void {
      for (const { timer } of active.values()) clearTimeout(timer);
      active.clear();
    },
  };
}
