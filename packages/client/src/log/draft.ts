import type { Draft, Entry } from '@baton/contracts';
import type { BotDraft } from './types.ts';

/**
 * [M6] The bot's draft. Drafts travel apart from the entries that replace them, so one may come after its
 * entry, after control has left the bot, or behind a longer one of the same turn: such a latecomer changes nothing.
 */
export interface DraftView {
  readonly shown: BotDraft | null;
  /** The server has said that it grows no more: it stays a moment, until the entry comes. */
  readonly ended: boolean;
  readonly epochOfShown: number;
  /** Newest entry that the bot has answered. */
  readonly answered: number;
  /** Of the newest change of control that was shown. */
  readonly epoch: number;
}

export const noDraft: DraftView = { shown: null, ended: false, epochOfShown: 0, answered: 0, epoch: 0 };

export function draftCame(view: DraftView, draft: Draft): DraftView {
  const { shown } = view;
  if (draft.inReplyTo <= view.answered || draft.epoch < view.epoch) return view;
  if (shown !== null && draft.inReplyTo < shown.inReplyTo) return view;
  if (draft.ended) {
    // One that was given up says so with what there was of it, or with nothing.
    return shown?.turnId === draft.turnId && !view.ended ? { ...view, ended: true } : view;
  }
  const { text, inReplyTo, turnId } = draft;
  if (text === '') return view;
  if (shown?.turnId === turnId && shown.text.length >= text.length) return view;
  return { ...view, shown: { text, inReplyTo, turnId }, ended: false, epochOfShown: draft.epoch };
}

/** Entries have become part of the log. */
export function entriesShown(view: DraftView, fresh: readonly Entry[]): DraftView {
  let { answered, epoch } = view;
  for (const entry of fresh) {
    if (entry.kind === 'event') epoch = Math.max(epoch, entry.change.epoch);
    else if (entry.sender === 'bot') answered = Math.max(answered, entry.inReplyTo ?? 0);
  }
  if (answered === view.answered && epoch === view.epoch) return view;
  const next = { ...view, answered, epoch };
  const replaced = next.shown !== null && (next.shown.inReplyTo <= answered || next.epochOfShown < epoch);
  return replaced ? withoutDraft(next) : next;
}

export function withoutDraft(view: DraftView): DraftView {
  return view.shown === null ? view : { ...view, shown: null, ended: false };
}
