import type { Draft } from '../gateway/live.ts';
import type { Entry } from '../session/log.ts';

/**
 * [M6] The bot's drafts as one reader of a session is shown them. Drafts travel apart from the entries that replace
 * them, so one may come after its entry, after control has left the bot, after its own end, or behind a longer one of
 * the same turn: such a late draft changes nothing. Never changed, replaced by another.
 */
export interface DraftView {
  readonly shown: Draft | null;
  /** Newest entry that the bot has answered. */
  readonly answered: number;
  /** Of the newest change of control. */
  readonly epoch: number;
  /** The turn whose draft was given up last. */
  readonly endedTurn: string | null;
}

export const noDraft: DraftView = { shown: null, answered: 0, epoch: 0, endedTurn: null };

/** The same view when the draft is late, or brings nothing. One that is given up stays until its entry comes. */
export function draftCame(view: DraftView, draft: Draft): DraftView {
  const { shown, answered, epoch, endedTurn } = view;
  if (draft.inReplyTo <= answered || draft.epoch < epoch || draft.turnId === endedTurn) return view;
  if (shown !== null && draft.inReplyTo < shown.inReplyTo) return view;
  const isOfShown = shown?.turnId === draft.turnId;
  if (draft.ended) return { ...view, shown: isOfShown ? { ...shown, ended: true } : shown, endedTurn: draft.turnId };
  if (draft.text === '' || (isOfShown && shown.text.length >= draft.text.length)) return view;
  return { ...view, shown: draft };
}

/** Entries have become part of the log. An answer replaces its draft, and a change of control ends it. [C2] */
export function entriesShown(view: DraftView, fresh: readonly Entry[]): DraftView {
  let { shown, answered, epoch } = view;
  for (const entry of fresh) {
    if (entry.kind === 'event') epoch = Math.max(epoch, entry.change.epoch);
    else if (entry.sender === 'bot') answered = Math.max(answered, entry.inReplyTo ?? 0);
  }
  if (answered === view.answered && epoch === view.epoch) return view;
  if (shown !== null && (shown.inReplyTo <= answered || shown.epoch < epoch)) shown = null;
  return { ...view, shown, answered, epoch };
}

/** Nothing more is heard of it. */
export function withoutDraft(view: DraftView): DraftView {
  return view.shown === null ? view : { ...view, shown: null };
}
